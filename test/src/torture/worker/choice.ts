import { pick } from '../random.js';

/** One turn of a task: which lock, how it is asked for and kept, and what is done under it. */
export interface Choice {
  readonly lock: string;
  readonly way: 'acquire' | 'tryAcquire' | 'using' | 'hand over';
  readonly ttl: number;
  readonly waitTimeout: number;
  /** Gives up after so many ms, by a signal. */
  readonly patience: number | undefined;
  readonly keeping: 'renewed' | 'renewed by hand' | 'not renewed';
  /** In ms. */
  readonly work: number;
  /** Works and writes on whether it holds the lock or not. */
  readonly careless: boolean;
  /** Before the turn, in ms. */
  readonly pause: number;
}

/** Locks that everybody wants, and those that are rarely wanted by two. */
export const HOT_LOCKS: readonly string[] = ['hot-1', 'hot-2', 'hot-3'];
const COLD_LOCKS = 150;

export const LONGEST_TTL = 3_000;

export function choose(random: () => number): Choice {
  const hot = random() < 0.6;
  const ttl = Math.round(300 * (LONGEST_TTL / 300) ** random());
  const keeping = pick(random, { renewed: 6, 'renewed by hand': 2, 'not renewed': 3 });
  const long = random() < (hot ? 0.06 : 0.25);
  return {
    lock: hot
      ? `hot-${1 + Math.floor(random() * HOT_LOCKS.length)}`
      : `cold-${Math.floor(random() * COLD_LOCKS)}`,
    way: pick(random, { acquire: 10, tryAcquire: 3, using: 5, 'hand over': 1 }),
    ttl,
    waitTimeout: random() < 0.35 ? Infinity : Math.round(60 + 3_000 * random() ** 2),
    patience: random() < 0.12 ? Math.round(1_500 * random()) : undefined,
    keeping,
    work: Math.round(long ? ttl * (0.4 + 1.2 * random()) : 1 + 40 * random() ** 2),
    careless: random() < 0.5,
    pause: Math.round(5 + 250 * random() ** 2),
  };
}
