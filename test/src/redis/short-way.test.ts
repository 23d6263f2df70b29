/**
 * What most rooms are asked for goes a short way in the script: it has to lead where the rules lead,
 * from whatever state. The rules are run where something else is asked of the same lock as well.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type RedisServer, startRedis } from '@holdfast/support';
import {
  type Arbitrary,
  array,
  assert as check,
  asyncProperty,
  constant,
  constantFrom,
  integer,
  oneof,
  record,
} from 'fast-check';
import { byKind, encode } from '../../../packages/core/dist/redis/commit/batch.js';
import { decode } from '../../../packages/core/dist/redis/commit/batch-reply.js';
import { CROWD, WIDE } from '../../../packages/core/dist/redis/script/rooms.js';
import { SCRIPT } from '../../../packages/core/dist/redis/script/index.js';
import type { Operation, Room } from '../../../packages/core/dist/store/port.js';
import { wordsOf } from '../../../packages/core/dist/store/words.js';
import { RawClient } from './raw-client.js';
import { Subscriber } from './subscriber.js';

const LOCK = 'lock:one';
const OTHER = 'lock:two';
const KEYS = {
  clock: 'holdfast:clock',
  lock: LOCK,
  room: `holdfast:room:${LOCK}`,
  leases: `holdfast:leases:${LOCK}`,
  line: `holdfast:queue:${LOCK}`,
} as const;
const LISTENING = ['anna', 'ben'] as const;
/** Far above what the time gives: so both draw the same numbers. */
const CLOCK = 4_000_000_000_000_000;
const GENERATION = 1_000;

const WAYS = {
  shared: { limit: Infinity, weight: 1 },
  'one-of-2': { limit: 2, weight: 1 },
  'two-of-4': { limit: 4, weight: 2 },
  'one-of-40': { limit: 40, weight: 1 },
} as const satisfies Record<string, Room>;
type Way = keyof typeof WAYS;
const way = constantFrom(...(Object.keys(WAYS) as Way[]));

/** In ms, far enough apart to be told from each other however slow this is. */
const TTLS = [60_000, 600_000] as const;
const ttl = constantFrom(...TTLS);

/** Who is inside, in one way; now and then one whose lease is over, or one in another way. */
const inside = record({
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

const line = record({ waiting, nobody: constantFrom(false, false, true) }).map((all) =>
  all.nobody ? [] : all.waiting,
);

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

const asked = array(
  record({
    kind: constantFrom(
      'acquire' as const,
      'acquire' as const,
      'release' as const,
      'renew' as const,
    ),
    owner: constantFrom(...LISTENING),
    other: rarely(way),
    /** Of those inside or in line who fit; else a new one. */
    known: constantFrom(false, false, false, true),
    n: integer({ min: 0, max: 3 }),
    mistaken: rarely(constant<boolean>(true)),
    ttl,
    /** Another lock is asked for before it, or this one exclusively, or both as one. */
    beside: rarely(constantFrom('another', 'exclusive', 'both')),
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

type Generated<A> = A extends Arbitrary<infer T> ? T : never;
interface State {
  readonly inside: Generated<typeof inside>;
  readonly line: Generated<typeof line>;
  readonly torn: string | undefined;
  readonly dented: string | undefined;
}

let server: RedisServer;
let client: RawClient;
let listeners: Subscriber[];

before(async () => {
  server = await startRedis();
  client = await RawClient.open(server.url);
  await client.command('SCRIPT', 'LOAD', SCRIPT);
  listeners = await Promise.all(
    LISTENING.map((locker) => Subscriber.open(server.url, `holdfast:wake:${locker}`)),
  );
});

after(async () => {
  for (const listener of listeners) await listener[Symbol.asyncDispose]();
  await client[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

interface Member {
  readonly token: string;
  readonly way: Way;
  readonly ends: number;
}

/** As many as fit. */
function membersOf({ most, members, crowd }: State['inside']): Member[] {
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
    if (used + weight > bound) return false;
    [used, least] = [used + weight, bound];
    return true;
  });
}

const waiterOf = (owner: string, n: number): string => `${owner}/waits-${n}`;
const fenceOf = (n: number): number => GENERATION + 1 + n;

/** The commands that make it. */
function* made(state: State, began: number): Iterable<readonly string[]> {
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
      yield ['ZADD', KEYS.leases, String(limit - 2 ** 32), String(limit)];
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

function operationsOf(calls: Generated<typeof asked>, state: State): Operation[] {
  const members = membersOf(state.inside);
  return calls.flatMap((one, place) => {
    const room = WAYS[one.other ?? state.inside.most];
    const operation = { key: LOCK, room, ...termsOf(one, place, members, state.line) } as Operation;
    return one.beside === undefined ? [operation] : [besides(one.beside, place), operation];
  });
}

function besides(what: 'another' | 'exclusive' | 'both', place: number): Operation {
  const token = `anna/beside-${place}`;
  if (what === 'both') {
    const members = [LOCK, OTHER].map((key) => ({ key, token }));
    return { kind: 'acquireAll', key: LOCK, members, ttl: TTLS[0] };
  }
  const key = what === 'another' ? OTHER : LOCK;
  return { kind: 'acquire', key, token, ttl: TTLS[0], enqueue: true, ticket: undefined };
}

function termsOf(
  {
    kind,
    owner,
    known,
    n,
    mistaken = false,
    ttl: time,
    place: how,
  }: Generated<typeof asked>[number],
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

/**
 * Moments near to each other are the same: a lease begins when the script runs. Of numbers that are drawn,
 * the order counts: who asks exclusively may have drawn one in vain.
 */
function undated<T>(value: T, began: number): T {
  const text = JSON.stringify(value, (name, one: unknown) =>
    name === 'holderTtl' && typeof one === 'number' ? Math.round(one / 10_000) : one,
  );
  const drawn = [...new Set(text.match(/\b\d{16}\b/g))].toSorted();
  return JSON.parse(
    text
      .replaceAll(/\b\d{16}\b/g, (digits) => `${drawn.indexOf(digits)}`)
      .replaceAll(/\b\d{13}\b/g, (digits) => `${Math.round((Number(digits) - began) / 10_000)}`),
  ) as T;
}

async function found(): Promise<unknown[][]> {
  const all: unknown[][] = [];
  for (const key of Object.values(KEYS)) {
    const type = String(await client.command('TYPE', key));
    const read: Record<string, string[]> = {
      string: ['GET', key],
      hash: ['HGETALL', key],
      zset: ['ZRANGE', key, '0', '-1', 'WITHSCORES'],
    };
    const command = read[type];
    const content = command === undefined ? type : await client.command(...command);
    all.push([
      key,
      key === KEYS.line ? content : pairsOf(content),
      String(await client.command('PEXPIRETIME', key)),
    ]);
  }
  return all;
}

/** A hash has no order, and that of two leases is a matter of a millisecond. */
function pairsOf(content: unknown): unknown {
  if (!Array.isArray(content)) return content;
  return content.flatMap((field, n) => (n % 2 === 0 ? [`${field} ${content[n + 1]}`] : []));
}

function byText(one: string, other: string): number {
  return one < other ? -1 : 1;
}

function sorted([key, content, expires]: readonly unknown[]): unknown[] {
  const isList = key !== KEYS.line && Array.isArray(content);
  return [key, isList ? (content as string[]).toSorted(byText) : content, expires];
}

/** Is told that it has nothing, and changes nothing. */
function asksInAnotherWay({ torn: lost }: State): Operation {
  const room = { limit: 7, weight: 7 };
  const grant = { key: LOCK, token: 'nobody/1', fencingToken: 1, room };
  // A renewal would tell all that a room is gone, a release would look whose lease is over.
  return lost === undefined
    ? { kind: 'renew', ...grant, ttl: TTLS[0] }
    : { kind: 'release', ...grant };
}

/** What is answered, who is told, and what stands there then. */
async function outcome(
  operations: readonly Operation[],
  state: State,
  self: string | undefined,
  byRules: boolean,
): Promise<unknown> {
  const began = Date.now();
  await Promise.all([...made(state, began)].map((command) => client.command(...command)));
  for (const { messages } of listeners) messages.length = 0;
  const other = asksInAnotherWay(state);
  const batch = (byRules ? [...operations, other] : [...operations]).toSorted(byKind);
  const told: string[] = [];
  const reply = await client.command(...encode(batch, undefined, self));
  const outcomes = decode(reply, batch, told);
  const answers = batch.flatMap((operation, place): unknown[] => {
    const one = outcomes[place];
    if (operation === other) return [];
    if (one instanceof Error) return [one.message];
    // Of two locks, nothing says whose number is drawn first.
    return [operation.key === OTHER ? one?.kind : one];
  });
  for (const [n, locker] of LISTENING.entries()) {
    const end = `end ${began}`;
    await client.command('SPUBLISH', `holdfast:wake:${locker}`, end);
    await listeners[n]?.heard(end);
  }
  // By the channel, or by the reply to one that gives back.
  const heard = LISTENING.map((locker, n) => [
    ...(listeners[n]?.messages.slice(0, -1) ?? []),
    ...(locker === self ? told : []),
  ]);
  const left = await found();
  // Nor does the last number.
  if (batch.some(({ key }) => key === OTHER)) left[0]?.splice(1, 1);
  const { there, ...rest } = undated({ answers, heard, there: left }, began);
  return { ...rest, there: there.map(sorted) };
}

test('the short way of a room leads where the rules lead', async () => {
  await check(
    asyncProperty(
      record({ inside, line, torn, dented }),
      asked,
      constantFrom(undefined, ...LISTENING),
      async (state, calls, self) => {
        const operations = operationsOf(calls, state);
        const short = await outcome(operations, state, self, false);
        assert.deepEqual(short, await outcome(operations, state, self, true));
      },
    ),
    { numRuns: Number(process.env['HOLDFAST_SHORT_WAYS'] ?? 400) },
  );
});
