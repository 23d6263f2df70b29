import {
  type Arbitrary,
  array,
  boolean,
  constant,
  constantFrom,
  integer,
  oneof,
  record,
  uniqueArray,
  toStringMethod,
  tuple,
} from 'fast-check';
import type { Operation } from '../../../packages/core/dist/store/port.js';

/** An operation of a locker. */
export interface Call {
  readonly kind: Operation['kind'];
  readonly key: string;
  readonly token: string;
  /** Of a renewal; an acquisition has one ttl for its life, see `ttlOf`. */
  readonly ttl: number;
  readonly enqueue: boolean;
  /** Bring the ticket of the last answer to this token back, if there is one. */
  readonly comeBack: boolean;
  /** Renew or release another grant than the one that the token has. */
  readonly mistaken: boolean;
}

/** Another client, with `SET key value NX PX ttl` and compare-and-delete. */
export interface Visit {
  readonly kind: 'stranger takes' | 'stranger releases';
  readonly key: string;
}

/** One step of a history. */
export type Step =
  | Call
  | Visit
  | { readonly kind: 'pass'; readonly ms: number }
  /** Of one locker, at once: they travel in one batch. */
  | { readonly kind: 'together'; readonly calls: readonly Call[] }
  /** So many waiters of a process that is gone then, for each of the keys. */
  | { readonly kind: 'ghosts'; readonly keys: readonly string[]; readonly count: number };

/** Two listen for grants. The third one does not, but for the moment in which its ghosts ask. */
export const LISTENING: readonly string[] = ['anna', 'ben'];
export const GONE = 'cleo';

const FEW: readonly string[] = ['lock:one', 'lock:two'];
/** So many that the dead of all of them are more than one batch may clear away. */
const HAUNTED: readonly string[] = Array.from({ length: 10 }, (_, n) => `lock:haunted:${n}`);
export const KEYS: readonly string[] = [...FEW, ...HAUNTED];

const key = constantFrom(...FEW);
const locker = constantFrom(...LISTENING, GONE);
const token = record({ locker, n: integer({ min: 1, max: 2 }) }).map((one) => tokenOf(one));

/**
 * Time passes in steps of 12 s, and leases end 6 s away from every step, as a line does that nobody
 * asks about for 30 s: how long a history takes to run decides nothing.
 */
const terms = {
  kind: constantFrom<Operation['kind'][]>(
    'acquire',
    'acquire',
    'acquire',
    'renew',
    'release',
    'release',
    'cancel',
    'forceRelease',
    'advance',
  ),
  key,
  ttl: constantFrom(6_000, 18_000, 66_000),
  enqueue: boolean(),
  comeBack: boolean(),
  mistaken: oneof(
    { arbitrary: constant(false), weight: 7 },
    { arbitrary: constant(true), weight: 1 },
  ),
};

const call: Arbitrary<Step> = record({ ...terms, token });

/** Operations on one token never overlap. */
const together: Arbitrary<Step> = record({
  one: locker,
  calls: uniqueArray(record({ ...terms, n: integer({ min: 1, max: 4 }) }), {
    minLength: 2,
    maxLength: 8,
    selector: (operation) => `${operation.key} ${operation.n}`,
  }),
}).map(({ one, calls }) => ({
  kind: 'together' as const,
  calls: calls.map(({ n, ...rest }) => ({ ...rest, token: tokenOf({ locker: one, n }) })),
}));

const visit: Arbitrary<Step> = record({
  kind: constantFrom('stranger takes' as const, 'stranger releases' as const),
  key,
});

const time: Arbitrary<Step> = record({
  kind: constant('pass' as const),
  ms: constantFrom(12_000, 24_000, 36_000),
});

/** One of them holds the lock: around what one operation clears away at most, and twice that. */
const ghostsOfOne: Arbitrary<Step> = record({
  kind: constant('ghosts' as const),
  keys: constantFrom(...HAUNTED).map((one) => [one]),
  count: oneof(integer({ min: 127, max: 130 }), integer({ min: 255, max: 258 })),
});

/** Around what one batch clears away at most: of two locks, were it that of one; or of all. */
const ghostsOfMany: Arbitrary<Step> = record({
  kind: constant('ghosts' as const),
  keys: constantFrom(HAUNTED.slice(0, 2), HAUNTED),
  count: oneof(integer({ min: 60, max: 70 }), integer({ min: 120, max: 135 })),
});

const hauntedTerms = {
  ...terms,
  kind: constantFrom<Operation['kind'][]>(
    'acquire',
    'acquire',
    'acquire',
    'forceRelease',
    'advance',
    'release',
    'cancel',
  ),
  key: constantFrom(...HAUNTED.slice(0, 2), ...HAUNTED),
};

/** What matters where ghosts wait: who comes after them, and who asks when their turn has come. */
const amongGhosts: Arbitrary<Step> = record({ ...hauntedTerms, token });

/** All lines at once. */
const sweepOfAll: Arbitrary<Step> = record({
  kind: constantFrom('forceRelease' as const, 'advance' as const),
  calls: tuple(...HAUNTED.map((one) => record({ ...hauntedTerms, key: constant(one), token }))),
}).map(({ kind, calls }) => ({
  kind: 'together' as const,
  calls: calls.map((one) => ({ ...one, kind })),
}));

/** One of each of several lines, at once. */
const sweep: Arbitrary<Step> = record({
  one: locker,
  calls: uniqueArray(record({ ...hauntedTerms, n: integer({ min: 1, max: 2 }) }), {
    minLength: 2,
    maxLength: HAUNTED.length,
    selector: (operation) => operation.key,
  }),
}).map(({ one, calls }) => ({
  kind: 'together' as const,
  calls: calls.map(({ n, ...rest }) => ({ ...rest, token: tokenOf({ locker: one, n }) })),
}));

export const history: Arbitrary<Step[]> = historyOf(60, [
  { arbitrary: call, weight: 14 },
  { arbitrary: together, weight: 2 },
  { arbitrary: visit, weight: 1 },
  { arbitrary: time, weight: 2 },
]);

export const hauntedHistory: Arbitrary<Step[]> = tuple(
  ghostsOfMany,
  historyOf(20, [
    { arbitrary: amongGhosts, weight: 8 },
    { arbitrary: sweep, weight: 3 },
    { arbitrary: sweepOfAll, weight: 2 },
    { arbitrary: ghostsOfOne, weight: 1 },
    { arbitrary: time, weight: 2 },
  ]),
).map(([first, rest]) => [first, ...rest]);

function historyOf(
  maxLength: number,
  steps: { readonly arbitrary: Arbitrary<Step>; readonly weight: number }[],
): Arbitrary<Step[]> {
  const step = oneof(...steps).map((one) =>
    Object.assign(one, { [toStringMethod]: () => tell(one) }),
  );
  return array(step, { minLength: 1, maxLength, size: 'max' });
}

/** A step as it stands in the history that a failure prints. */
function tell(step: Step): string {
  switch (step.kind) {
    case 'pass':
      return `${step.ms} ms pass`;
    case 'together':
      return `together (${step.calls.map(tell).join(', ')})`;
    case 'ghosts':
      return `${step.count} ghosts wait for ${step.keys.join(', ')}`;
    case 'stranger takes':
    case 'stranger releases':
      return `${step.kind} ${step.key}`;
    case 'acquire': {
      const how = `${step.enqueue ? ' and waits' : ''}${step.comeBack ? ' with its ticket' : ''}`;
      return `${step.token} acquire ${step.key} for ${ttlOf(step.token)} ms${how}`;
    }
    case 'renew':
      return `${step.token} renew ${step.key} for ${step.ttl} ms${step.mistaken ? ' by mistake' : ''}`;
    case 'release':
      return `${step.token} release ${step.key}${step.mistaken ? ' by mistake' : ''}`;
    case 'forceRelease':
    case 'advance':
      return `${step.kind} ${step.key}`;
    default:
      return `${step.token} ${step.kind} ${step.key}`;
  }
}

/** `ticket` of the last answer to the token; `fencingToken` of its last grant. */
export function operationOf(
  step: Call,
  ticket: number | undefined,
  fencingToken: number,
): Operation {
  const { kind, key: lock, token: owner, enqueue } = step;
  const named = step.mistaken ? fencingToken - 1 : fencingToken;
  switch (kind) {
    case 'acquire': {
      const brought = step.comeBack ? ticket : undefined;
      return { kind, key: lock, token: owner, ttl: ttlOf(owner), enqueue, ticket: brought };
    }
    case 'renew':
      return { kind, key: lock, token: owner, fencingToken: named, ttl: step.ttl };
    case 'cancel':
      return { kind, key: lock, token: owner, ttl: ttlOf(owner) };
    case 'release':
      return { kind, key: lock, token: owner, fencingToken: named };
    case 'forceRelease':
    case 'advance':
      return { kind, key: lock };
  }
}

export function tokenOf({
  locker: one,
  n,
}: {
  readonly locker: string;
  readonly n: number;
}): string {
  return `${one}/${n}`;
}

export function ttlOf(owner: string): number {
  return owner.endsWith('1') ? 6_000 : 18_000;
}
