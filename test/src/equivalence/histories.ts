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
import {
  type Call,
  type CallForAll,
  FEW,
  GONE,
  HAUNTED,
  LISTENING,
  type Loss,
  type Mode,
  MODES,
  type Step,
  tell,
  tokenOf,
  WAITING,
} from './steps.js';

const key = constantFrom(...FEW);
const locker = constantFrom(...LISTENING, GONE);
const mode = oneof(
  { arbitrary: constant('exclusive' as const), weight: 3 },
  { arbitrary: constant('shared' as const), weight: 3 },
  { arbitrary: constantFrom(...MODES), weight: 4 },
);
const token = record({ locker, mode, n: integer({ min: 1, max: 2 }) }).map((one) => tokenOf(one));

const rarely = oneof(
  { arbitrary: constant(false), weight: 7 },
  { arbitrary: constant(true), weight: 1 },
);

/**
 * Time passes in steps of 12 s, and leases end 6 s away from every step, as a line does that nobody
 * asks about for 30 s: how long a history takes to run decides nothing.
 */
const terms = {
  kind: constantFrom<Call['kind'][]>(
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
  maxWaiting: constantFrom(undefined, undefined, 1, 2),
  steals: oneof(
    { arbitrary: constant(false), weight: 4 },
    { arbitrary: constant(true), weight: 1 },
  ),
  mistaken: rarely,
};

const call: Arbitrary<Step> = record({ ...terms, token });

/** Operations on one token never overlap. */
const together: Arbitrary<Step> = record({
  one: locker,
  calls: uniqueArray(record({ ...terms, mode, n: integer({ min: 1, max: 4 }) }), {
    minLength: 2,
    maxLength: 8,
    selector: (operation) => `${operation.key} ${operation.mode} ${operation.n}`,
  }),
  // Perhaps one for several locks, by a token of its own. Of two, one that is blocked comes last.
  sets: array(uniqueArray(key, { minLength: 1, maxLength: FEW.length }), { maxLength: 1 }),
}).map(({ one, calls, sets }) => ({
  kind: 'together' as const,
  calls: [
    ...calls.map(({ mode: how, n, ...rest }): Call | CallForAll => ({
      ...rest,
      token: tokenOf({ locker: one, mode: how, n }),
    })),
    ...sets.map((keys): CallForAll => ({
      kind: 'acquireAll',
      keys,
      token: tokenOf({ locker: one, n: 5 }),
    })),
  ],
}));

const belief: Arbitrary<Step> = record({
  ...terms,
  kind: constant('renew' as const),
  believes: constant(true),
  // Nobody ever believed in another grant.
  mistaken: constant(false),
  token,
});

const relapse: Arbitrary<Step> = record({
  kind: constantFrom(
    'save' as const,
    'save' as const,
    'restore' as const,
    'restore' as const,
    'lose all' as const,
  ),
});

const callForAll: Arbitrary<Step> = ofAll(FEW);

/** All of them, or some, in any order. */
function ofAll(keys: readonly string[]): Arbitrary<Step> {
  return record({
    kind: constant('acquireAll' as const),
    keys: uniqueArray(constantFrom(...keys), { minLength: 1, maxLength: keys.length }),
    // Several are held exclusively.
    token: record({ locker, n: integer({ min: 1, max: 2 }) }).map((one) => tokenOf(one)),
  });
}

const visit: Arbitrary<Step> = record({
  kind: constantFrom('stranger takes' as const, 'stranger releases' as const),
  key,
});

const loss: Arbitrary<Step> = record({
  kind: constant('loss' as const),
  key,
  of: constantFrom<Loss['of'][]>('clock', 'clock', 'clock', 'holders', 'leases', 'a lease'),
});

const time: Arbitrary<Step> = record({
  kind: constant('pass' as const),
  ms: constantFrom(12_000, 24_000, 36_000),
});

/** One of them holds the lock: around what one operation clears away at most, and twice that. */
const ghostsOfOne: Arbitrary<Step> = record({
  kind: constant('ghosts' as const),
  keys: constantFrom(...HAUNTED).map((one) => [one]),
  mode: constant('exclusive' as const),
  count: oneof(integer({ min: 127, max: 130 }), integer({ min: 255, max: 258 })),
});

/** Around what one batch clears away at most: of two locks, were it that of one; or of all. */
const ghostsOfMany: Arbitrary<Step> = record({
  kind: constant('ghosts' as const),
  keys: constantFrom(HAUNTED.slice(0, 2), HAUNTED),
  mode: constant('exclusive' as const),
  count: oneof(integer({ min: 60, max: 70 }), integer({ min: 120, max: 135 })),
});

const hauntedTerms = {
  ...terms,
  kind: constantFrom<Call['kind'][]>(
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
  calls: uniqueArray(record({ ...hauntedTerms, mode, n: integer({ min: 1, max: 2 }) }), {
    minLength: 2,
    maxLength: HAUNTED.length,
    selector: (operation) => operation.key,
  }),
}).map(({ one, calls }) => ({
  kind: 'together' as const,
  calls: calls.map(({ mode: how, n, ...rest }) => ({
    ...rest,
    token: tokenOf({ locker: one, mode: how, n }),
  })),
}));

export const history: Arbitrary<Step[]> = historyOf(60, [
  { arbitrary: call, weight: 14 },
  { arbitrary: callForAll, weight: 4 },
  { arbitrary: together, weight: 2 },
  { arbitrary: visit, weight: 1 },
  { arbitrary: loss, weight: 1 },
  { arbitrary: time, weight: 2 },
]);

/** What a store with a grace goes through. */
export const lossyHistory: Arbitrary<Step[]> = historyOf(60, [
  { arbitrary: call, weight: 14 },
  { arbitrary: belief, weight: 8 },
  { arbitrary: callForAll, weight: 3 },
  { arbitrary: together, weight: 2 },
  { arbitrary: relapse, weight: 3 },
  { arbitrary: time, weight: 3 },
]);

export const hauntedHistory: Arbitrary<Step[]> = tuple(
  ghostsOfMany,
  historyOf(20, [
    { arbitrary: amongGhosts, weight: 8 },
    { arbitrary: sweep, weight: 3 },
    { arbitrary: sweepOfAll, weight: 2 },
    { arbitrary: ofAll(HAUNTED.slice(0, 4)), weight: 2 },
    { arbitrary: ghostsOfOne, weight: 1 },
    { arbitrary: time, weight: 2 },
  ]),
).map(([first, rest]) => [first].concat(rest));

/** Mostly they want the like. */
const permitOfCrowd: Arbitrary<Mode> = oneof(
  { arbitrary: constant('one-of-2' as const), weight: 6 },
  { arbitrary: constantFrom<Mode[]>('one-of-1', 'one-of-4', 'three-of-4', 'exclusive'), weight: 1 },
);
const several = uniqueArray(integer({ min: 1, max: 8 }), { minLength: 1, maxLength: 8 });
const some = uniqueArray(integer({ min: 1, max: 8 }), { maxLength: 3 });

/** Of one process, some come, some stay and some leave, at once. */
const turnOfCrowd: Arbitrary<Step> = record({
  one: constantFrom(...LISTENING),
  mode: permitOfCrowd,
  staying: some,
  leaving: several,
  coming: several,
  /** One leaves by a grant that it has not, or twice. */
  mistaken: rarely,
  twice: rarely,
  /** Who comes last does not wait, or comes with its ticket, or has a limit of waiters. */
  last: oneof(
    { arbitrary: constant({}), weight: 5 },
    {
      arbitrary: constantFrom<Partial<Call>>(
        { enqueue: false },
        { comeBack: true },
        { maxWaiting: 2 },
      ),
      weight: 2,
    },
  ),
  /** Others want the same lock in another way, or another one, in whatever place among them. */
  beside: array(
    record({
      key,
      mode,
      n: integer({ min: 1, max: 8 }),
      kind: constantFrom<Call['kind'][]>('acquire', 'release', 'renew'),
      place: integer({ min: 0, max: 16 }),
    }),
    { maxLength: 3 },
  ),
}).map(({ one, mode: how, staying, leaving, coming, mistaken, twice, last, beside }) => {
  const callOf = (n: number, kind: Call['kind'], rest: Partial<Call> = {}): Call => {
    const owner = tokenOf({ locker: one, mode: how, n });
    return { ...WAITING, kind, key: FEW[0] as string, token: owner, ttl: 18_000, ...rest };
  };
  const leave = leaving.filter((n) => !staying.includes(n));
  const come = coming.filter((n) => !leave.includes(n) && !staying.includes(n));
  const calls = [
    ...staying.map((n) => callOf(n, 'renew')),
    ...leave.map((n, place) => callOf(n, 'release', { mistaken: mistaken && place === 0 })),
    ...(twice ? leave.slice(0, 1).map((n) => callOf(n, 'release')) : []),
    ...come.map((n, place) => callOf(n, 'acquire', place === come.length - 1 ? last : {})),
  ];
  for (const { key: lock, mode: other, n, kind, place } of beside) {
    const owner = tokenOf({ locker: one, mode: other, n });
    if (calls.some((its) => its.key === lock && its.token === owner)) continue;
    calls.splice(place, 0, { ...WAITING, kind, key: lock, token: owner, ttl: 18_000 });
  }
  return { kind: 'together' as const, calls };
});

const ghostsOfCrowd: Arbitrary<Step> = record({
  kind: constant('ghosts' as const),
  keys: constant(FEW.slice(0, 1)),
  mode: permitOfCrowd,
  count: integer({ min: 1, max: 3 }),
});

const callOfCrowd: Arbitrary<Step> = record({
  ...terms,
  key: constant(FEW[0] as string),
  token: record({ locker, mode: permitOfCrowd, n: integer({ min: 1, max: 8 }) }).map((one) =>
    tokenOf(one),
  ),
});

/** Where many wait for one of two permits, and who leaves makes room for the next one. */
export const crowdedHistory: Arbitrary<Step[]> = historyOf(60, [
  { arbitrary: turnOfCrowd, weight: 12 },
  { arbitrary: callOfCrowd, weight: 4 },
  { arbitrary: ghostsOfCrowd, weight: 1 },
  { arbitrary: time, weight: 1 },
]);

function historyOf(
  maxLength: number,
  steps: { readonly arbitrary: Arbitrary<Step>; readonly weight: number }[],
): Arbitrary<Step[]> {
  const step = oneof(...steps).map((one) =>
    Object.assign(one, { [toStringMethod]: () => tell(one) }),
  );
  return array(step, { minLength: 1, maxLength, size: 'max' });
}
