import type { TryAcquireOptions } from '@holdfast/core';
import { pick } from '../random.js';
import { type Guard, GUARDS } from './guarded.js';

/** One turn of a task: which lock, how it is asked for and kept, and what is done under it. */
export interface Choice {
  /** Of several that are taken as one, the first. */
  readonly lock: string;
  readonly others: readonly string[];
  readonly way: 'acquire' | 'tryAcquire' | 'using' | 'hand over' | 'several' | Guard;
  /** With whom it is to be held; of several, all but the one that is never shared. */
  readonly sharing: Sharing;
  readonly ttl: number;
  readonly waitTimeout: number;
  /** Gives up after so many ms, by a signal. */
  readonly patience: number | undefined;
  readonly keeping: 'renewed' | 'renewed by hand' | 'not renewed';
  /** In ms; 0: the lock is given away as soon as it is there. */
  readonly work: number;
  /** Works and writes on whether it holds the lock or not. */
  readonly careless: boolean;
  /** Of a decorated method: how many times it calls itself under its lock. */
  readonly joins: number;
  /** Before the turn, in ms. */
  readonly pause: number;
}

export type Sharing = Pick<TryAcquireOptions, 'mode' | 'limit' | 'weight'>;

/** Locks that everybody wants, and those that are rarely wanted by two. */
export const HOT_LOCKS: readonly string[] = ['hot-1', 'hot-2', 'hot-3'];
/** Only taken together with others. */
const PAIRED_LOCKS: readonly string[] = ['paired-1', 'paired-2', 'paired-3', 'paired-4'];
/** Those that somebody waits for, mostly, and whose names are known beforehand. */
export const LONGED_FOR: readonly string[] = [...HOT_LOCKS, ...PAIRED_LOCKS];
const COLD_LOCKS = 150;
/** Wanted by everybody, too, for a short time each: they go from process to process. */
const BRISK_LOCKS = 2;

export const LONGEST_TTL = 3_000;

/** How a lock is wanted that is not always wanted exclusively. */
const SHARINGS = {
  exclusive: {},
  shared: { mode: 'shared' },
  'one of 3': { limit: 3 },
  'two of 3': { limit: 3, weight: 2 },
  'one of 5': { limit: 5 },
  'one of 1': { limit: 1 },
} as const satisfies Record<string, Sharing>;

/** The first hot lock is always wanted exclusively. */
export const UNSHARED = 'hot-1';

const WAYS = { acquire: 10, tryAcquire: 3, using: 5, 'hand over': 1 } as const;
const GUARD_WAYS = { patient: 2, hasty: 1, trying: 1 } as const;

export function choose(random: () => number): Choice {
  if (random() < 0.06) return chooseSeveral(random);
  return random() < 0.2 ? chooseBrisk(random) : chooseLasting(random);
}

function chooseLasting(random: () => number): Choice {
  const hot = random() < 0.6;
  const way = pick(random, { ...WAYS, ...GUARD_WAYS });
  const { ttl, waitTimeout, keeping } = isGuard(way)
    ? guardTerms(way)
    : {
        ttl: Math.round(300 * (LONGEST_TTL / 300) ** random()),
        waitTimeout: random() < 0.35 ? Infinity : Math.round(60 + 3_000 * random() ** 2),
        keeping: pick(random, { renewed: 6, 'renewed by hand': 2, 'not renewed': 3 }),
      };
  const lock = hot
    ? `hot-${1 + Math.floor(random() * HOT_LOCKS.length)}`
    : `cold-${Math.floor(random() * COLD_LOCKS)}`;
  const long = random() < (hot ? 0.06 : 0.25);
  return {
    lock,
    others: [],
    way,
    sharing: lock === UNSHARED || isGuard(way) ? {} : chooseSharing(random),
    ttl,
    waitTimeout,
    patience: random() < 0.12 ? Math.round(1_500 * random()) : undefined,
    keeping,
    work: Math.round(long ? ttl * (0.4 + 1.2 * random()) : 1 + 40 * random() ** 2),
    careless: random() < 0.5,
    joins: Math.floor(3 * random() ** 2),
    pause: Math.round(5 + 250 * random() ** 2),
  };
}

/**
 * A hot lock, and one or two that only such calls want, in any order; sometimes another hot one, which is
 * rarely had in time. It does not wait for long: meanwhile nobody is known to have what it has.
 */
function chooseSeveral(random: () => number): Choice {
  const [hot, paired] = [turned(HOT_LOCKS, random), turned(PAIRED_LOCKS, random)];
  const names = random() < 0.2 ? [...hot.slice(0, 2), paired[0]] : [hot[0], ...paired.slice(0, 2)];
  const [lock, ...others] = turned(names as string[], random);
  return {
    lock: lock as string,
    others,
    way: 'several',
    sharing: random() < 0.5 ? {} : chooseSharing(random),
    ttl: Math.round(300 * (LONGEST_TTL / 300) ** random()),
    waitTimeout: Math.round(60 + 2_500 * random()),
    keeping: pick(random, { renewed: 2, 'not renewed': 1 }),
    patience: random() < 0.12 ? Math.round(600 * random()) : undefined,
    work: Math.round(1 + 40 * random() ** 2),
    careless: random() < 0.5,
    joins: 0,
    pause: Math.round(5 + 250 * random() ** 2),
  };
}

/** All of them, from any of them on. */
function turned(names: readonly string[], random: () => number): readonly string[] {
  const first = Math.floor(random() * names.length);
  return [...names.slice(first), ...names.slice(0, first)];
}

/** A hand-over under a ttl that leaves little time for it, or one of those who are in its way. */
function chooseBrisk(random: () => number): Choice {
  const way = pick(random, { 'hand over': 6, acquire: 2, brief: 1 });
  const terms = isGuard(way)
    ? guardTerms(way)
    : {
        ttl: Math.round(60 * 5 ** random()),
        waitTimeout: Math.round(500 + 2_500 * random()),
        keeping: pick(random, { renewed: 1, 'not renewed': 2 }),
      };
  return {
    lock: `brisk-${1 + Math.floor(random() * BRISK_LOCKS)}`,
    others: [],
    way,
    sharing: isGuard(way) || random() < 0.5 ? {} : chooseSharing(random),
    ...terms,
    patience: undefined,
    work: random() < 0.6 ? 0 : Math.round(terms.ttl * random()),
    careless: random() < 0.5,
    joins: Math.floor(2 * random()),
    pause: Math.round(5 + 100 * random() ** 2),
  };
}

function chooseSharing(random: () => number): Sharing {
  const weights = {
    exclusive: 4,
    shared: 5,
    'one of 3': 4,
    'two of 3': 1,
    'one of 5': 2,
    'one of 1': 1,
  };
  return SHARINGS[pick(random, weights)];
}

export function isGuard(way: Choice['way']): way is Guard {
  return Object.hasOwn(GUARDS, way);
}

/** A decorated method has terms of its own. */
function guardTerms(guard: Guard): Pick<Choice, 'ttl' | 'waitTimeout' | 'keeping'> {
  return { ...GUARDS[guard], keeping: 'renewed' };
}
