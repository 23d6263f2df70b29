/** Rooms in every state, good and torn, and what a batch may ask of them. */
import { type Arbitrary, array, constant, constantFrom, integer, oneof, record } from 'fast-check';
import { BEFORE_ALL_MOMENTS, CROWD, WIDE } from '../../../packages/core/dist/redis/script/rooms.js';
import type { Operation, Room } from '../../../packages/core/dist/store/port.js';
import { wordsOf } from '../../../packages/core/dist/store/words.js';

export const LOCK = 'lock:one';
export const OTHER = 'lock:two';
type Part = 'clock' | 'lock' | 'room' | 'leases' | 'line';
export const KEYS: Readonly<Record<Part, string>> = {
  clock: 'holdfast:clock',
  lock: LOCK,
  room: `holdfast:room:${LOCK}`,
  leases: `holdfast:leases:${LOCK}`,
  line: `holdfast:queue:${LOCK}`,
};
export const LISTENING: readonly string[] = ['anna', 'ben'];
/** Far above what the time gives: so both draw the same numbers. */
const CLOCK = 4_000_000_000_000_000;
const GENERATION = 1_000;

type Way = 'shared' | 'one-of-2' | 'two-of-4' | 'one-of-40';
const WAYS: Readonly<Record<Way, Room>> = {
  shared: { limit: Infinity, weight: 1 },
  'one-of-2': { limit: 2, weight: 1 },
  'two-of-4': { limit: 4, weight: 2 },
  'one-of-40': { limit: 40, weight: 1 },
};
const way = constantFrom(...(Object.keys(WAYS) as Way[]));

/** In ms, far enough apart to be told from each other however slow this is. */
export const TTLS: readonly [number, number] = [60_000, 600_000];
const ttl = constantFrom(...TTLS);

export interface State {
  /** Who is inside, mostly in one way. */
  readonly inside: {
    readonly most: Way;
    readonly members: readonly Entrant[];
    readonly crowd: number;
    /** More than fit, as what was lost with the data may be written back. */
    readonly crammed: boolean | undefined;
  };
  readonly line: readonly Waiter[];
  readonly torn: string | undefined;
  readonly dented: string | undefined;
}

interface Entrant {
  readonly owner: string;
  /** Undefined: as most do. */
  readonly other: Way | undefined;
  readonly ends: number;
}

interface Waiter {
  readonly owner: string;
  /** Other words than most have. */
  readonly other: string | undefined;
  readonly ttl: number;
}

/** What is asked of the room. */
export interface Asked {
  readonly kind: 'acquire' | 'release' | 'renew';
  readonly owner: string;
  readonly other: Way | undefined;
  /** By a token that is in line; else by a new one. */
  readonly known: boolean;
  readonly n: number;
  /** By a token that is inside; or another grant than it has. */
  readonly mistaken: boolean | undefined;
  readonly ttl: number;
  /** Another lock is asked for before it, or this one exclusively, or both as one. */
  readonly beside: 'another' | 'exclusive' | 'both' | undefined;
  readonly place: {
    readonly enqueue: boolean;
    readonly maxWaiting?: number;
    readonly ticket?: number;
  };
}

/** Who is inside, in one way; now and then one whose lease is over, or one in another way. */
const inside: Arbitrary<State['inside']> = record({
  most: way,
  members: array(
    record({
      owner: constantFrom(...LISTENING, 'cleo'),
      other: rarely(way),
      ends: oneof({ arbitrary: ttl, weight: 12 }, { arbitrary: constant(-60_000), weight: 1 }),
    }),
    { maxLength: 4 },
  ),
  crowd: oneof(
    { arbitrary: constant(0), weight: 3 },
    { arbitrary: integer({ min: 28, max: 34 }), weight: 1 },
  ),
  crammed: rarely(constant<boolean>(true)),
});

const waiting = array(
  record({
    owner: oneof(
      { arbitrary: constantFrom(...LISTENING), weight: 9 },
      { arbitrary: constant('cleo'), weight: 1 },
    ),
    other: rarely(
      oneof(
        constantFrom(...Object.values(WAYS).map(wordsOf)),
        constantFrom('', ' limited 2 3', ' later words'),
      ),
    ),
    ttl,
  }),
  { maxLength: 6 },
);

const line: Arbitrary<State['line']> = record({
  waiting,
  nobody: constantFrom(false, false, true),
}).map((all) => (all.nobody ? [] : all.waiting));

/** What others may have done: then there is no room. */
const TORN: Readonly<Record<string, readonly (readonly string[])[]>> = {
  'another generation': [['SET', LOCK, `room ${GENERATION + 1}`, 'PX', '600000']],
  'a token': [['SET', LOCK, 'stranger', 'PX', '600000']],
  'no lock': [['DEL', LOCK]],
  'a list for a lock': [
    ['DEL', LOCK],
    ['RPUSH', LOCK, 'x'],
  ],
  'no room': [['DEL', KEYS.room]],
  'a list for a room': [
    ['DEL', KEYS.room],
    ['RPUSH', KEYS.room, 'x'],
  ],
  'a list for leases': [
    ['DEL', KEYS.leases],
    ['RPUSH', KEYS.leases, 'x'],
  ],
  'a lease too few': [['ZREMRANGEBYRANK', KEYS.leases, '-1', '-1']],
  'a lease too many': [['ZADD', KEYS.leases, '9000000000000', 'somebody/1']],
};
/** The same, and it goes on. */
const DENTED: typeof TORN = {
  'a lease of another': [
    ['ZREMRANGEBYRANK', KEYS.leases, '-1', '-1'],
    ['ZADD', KEYS.leases, '9000000000000', 'somebody/1'],
  ],
  'a list for a line': [
    ['DEL', KEYS.line],
    ['RPUSH', KEYS.line, 'x'],
  ],
  'more used': [['HINCRBY', KEYS.room, 'used', '1']],
  'none used': [['HSET', KEYS.room, 'used', '0']],
  'a lower limit': [['HSET', KEYS.room, 'limit', '1']],
  'no limit': [['HSET', KEYS.room, 'limit', '']],
  'no expiry': [['PERSIST', LOCK]],
  'no clock': [['DEL', KEYS.clock]],
  'no line, as the clock tells': [
    ['SET', KEYS.clock, String(CLOCK)],
    ['DEL', KEYS.line],
  ],
  'a clock that is none': [['SET', KEYS.clock, 'x']],
};
const torn = rarely(constantFrom(...Object.keys(TORN)));
const dented = rarely(constantFrom(...Object.keys(DENTED)));

export const states: Arbitrary<State> = record({ inside, line, torn, dented });

export const asked: Arbitrary<readonly Asked[]> = array(
  record({
    kind: constantFrom(
      'acquire' as const,
      'acquire' as const,
      'release' as const,
      'renew' as const,
    ),
    owner: constantFrom(...LISTENING),
    other: rarely(way),
    known: constantFrom(false, false, false, true),
    n: integer({ min: 0, max: 3 }),
    mistaken: rarely(constant<boolean>(true)),
    ttl,
    beside: rarely(constantFrom<'another' | 'exclusive' | 'both'>('another', 'exclusive', 'both')),
    place: oneof(
      { arbitrary: constant({ enqueue: true }), weight: 8 },
      {
        arbitrary: constantFrom(
          { enqueue: false },
          { enqueue: true, maxWaiting: 1 },
          { enqueue: true, ticket: 5 },
        ),
        weight: 1,
      },
    ),
  }),
  { minLength: 1, maxLength: 8 },
);
function rarely<T>(arbitrary: Arbitrary<T>): Arbitrary<T | undefined> {
  return oneof({ arbitrary: constant(undefined), weight: 9 }, { arbitrary, weight: 1 });
}

interface Member {
  readonly token: string;
  readonly way: Way;
  readonly ends: number;
}

/** As many as fit, mostly. */
function membersOf({ most, members, crowd, crammed = false }: State['inside']): Member[] {
  const all: Member[] = [
    ...members.map(({ owner, other = most, ends }, n) => ({
      token: `${owner}/in-${n}`,
      way: other,
      ends,
    })),
    ...Array.from({ length: crowd }, (_, n) => ({
      token: `anna/crowd-${n}`,
      way: most,
      ends: TTLS[1],
    })),
  ];
  let [used, least] = [0, Infinity];
  return all.filter(({ way: how }) => {
    const { limit, weight }: Room = WAYS[how];
    const bound = Math.min(least, limit);
    if (used + weight > bound && !crammed) return false;
    [used, least] = [used + weight, bound];
    return true;
  });
}

const waiterOf = (owner: string, n: number): string => `${owner}/waits-${n}`;
const fenceOf = (n: number): number => GENERATION + 1 + n;

/** The commands that make it. */
export function* made(state: State, began: number): Iterable<readonly string[]> {
  yield ['FLUSHALL'];
  yield ['SET', KEYS.clock, `${CLOCK} ${began + 31_000}`];
  const members = membersOf(state.inside);
  if (members.length > 0) {
    yield ['SET', LOCK, `room ${GENERATION}`, 'PXAT', String(began + 600_000)];
    const rooms = members.map((member): Room => WAYS[member.way]);
    const used = rooms.reduce((sum, { weight }) => sum + weight, 0);
    const limits = rooms.map(({ limit }) => limit).filter((limit) => limit !== Infinity);
    const least = limits.length === 0 ? '' : String(Math.min(...limits));
    const sums = ['generation', String(GENERATION), 'used', String(used), 'limit', least];
    yield ['HSET', KEYS.room, ...sums];
    for (const limit of limits) {
      yield ['HINCRBY', KEYS.room, `limit ${limit}`, '1'];
      yield ['ZADD', KEYS.leases, String(limit - BEFORE_ALL_MOMENTS), String(limit)];
    }
    for (const [n, { token, way: how, ends }] of members.entries()) {
      const { limit, weight }: Room = WAYS[how];
      const noted = `${fenceOf(n)} ${weight} ${limit === Infinity ? 0 : limit}`;
      yield ['HSET', KEYS.room, token, noted];
      // Before what begins now.
      yield ['ZADD', KEYS.leases, String(began + ends - 4_000), token];
    }
    // One may have left since, or somebody makes it one more.
    if (used >= CROWD) {
      yield ['HSET', KEYS.room, 'wide', WIDE];
      yield ['ZADD', KEYS.leases, '0', WIDE];
    }
    for (const key of [KEYS.room, KEYS.leases]) {
      yield ['PEXPIREAT', key, String(began + 600_000)];
    }
  }
  for (const [n, one] of state.line.entries()) {
    const words = one.other ?? wordsOf(WAYS[state.inside.most]);
    yield ['ZADD', KEYS.line, String(n + 1), `${waiterOf(one.owner, n)} ${one.ttl}${words}`];
  }
  yield* DENTED[state.dented ?? ''] ?? [];
  yield* TORN[state.torn ?? ''] ?? [];
}

export function operationsOf(calls: readonly Asked[], state: State): Operation[] {
  const members = membersOf(state.inside);
  return calls.flatMap((one, place) => {
    const room = WAYS[one.other ?? state.inside.most];
    const operation = { key: LOCK, room, ...termsOf(one, place, members, state.line) } as Operation;
    return one.beside === undefined ? [operation] : [besides(one.beside, place), operation];
  });
}

function besides(what: Asked['beside'], place: number): Operation {
  const token = `anna/beside-${place}`;
  if (what === 'both') {
    const members = [LOCK, OTHER].map((key) => ({ key, token }));
    return { kind: 'acquireAll', key: LOCK, members, ttl: TTLS[0] };
  }
  const key = what === 'another' ? OTHER : LOCK;
  return { kind: 'acquire', key, token, ttl: TTLS[0], enqueue: true, ticket: undefined };
}

function termsOf(
  { kind, owner, known, n, mistaken = false, ttl: time, place: how }: Asked,
  place: number,
  members: readonly Member[],
  waiters: State['line'],
): object {
  const [member, waiter] = [members[n], waiters[n]];
  if (kind === 'acquire') {
    const waits = waiter === undefined || !known ? undefined : waiterOf(waiter.owner, n);
    const token = (mistaken ? member?.token : undefined) ?? waits ?? `${owner}/new-${place}`;
    return { kind, token, ttl: time, ticket: undefined, ...how };
  }
  const fencingToken = fenceOf(n) + (mistaken ? 1 : 0);
  return { kind, token: member?.token ?? `${owner}/in-${n}`, fencingToken, ttl: time };
}
