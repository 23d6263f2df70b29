/** A slot that is asked for one lock goes a short way: it has to lead where the rules lead. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type RedisCluster, startCluster } from '@holdfast/support';
import {
  assert as check,
  asyncProperty,
  boolean,
  constantFrom,
  integer,
  record,
  uniqueArray,
} from 'fast-check';
import { slotOf } from '../../../packages/core/dist/redis/cluster/slot.js';
import { tagOf } from '../../../packages/core/dist/redis/cluster/tag.js';
import {
  baseOf,
  encodeSlots,
  wakeChannelOf,
} from '../../../packages/core/dist/redis/commit/batch.js';
import { SLOTS_SCRIPT } from '../../../packages/core/dist/redis/script/index.js';
import type { Operation } from '../../../packages/core/dist/store/port.js';
import { RawClient } from '../redis/raw-client.js';
import { Subscriber } from '../redis/subscriber.js';

/** One for each way, in slots of their own. */
const LOCKS = ['lock:one', 'lock:two'] as const;
const [ours, others] = ['alive/1', 'alive/2'] as const;
const FENCE = 1_000_000;
/** In µs: to be told from the time however slow this is. */
const HOUR = 3_600_000_000;

const LIST = 'a list';

/** A number and a moment count from now, in µs and in ms. */
const CLOCKS: readonly (string | number | readonly [number, number])[] = [
  -HOUR,
  -1,
  HOUR,
  [-HOUR, 20_000],
  [-HOUR, -20_000],
  [HOUR, 20_000],
  'absent',
  LIST,
  '',
  '-5',
  '1.5',
  '7',
  'nan',
  'inf',
  '1e99',
  '9000000000000001',
  'x',
  '12 x',
];
const HELD = [
  'absent',
  LIST,
  'somebody',
  'room 5',
  `${ours} ${FENCE}`,
  `${ours} 9`,
  `${others} 7`,
] as const;
const MEMBERS = [
  `${ours} 600000`,
  `${others} 600000`,
  'dead/1 600000',
  'alive/3 600000 shared',
  LIST,
] as const;
const states = record({
  clock: constantFrom(...CLOCKS),
  lock: constantFrom(...HELD),
  line: uniqueArray(constantFrom(...MEMBERS), { maxLength: 3 }),
});
const asked = record({
  release: boolean(),
  enqueue: boolean(),
  ticket: constantFrom(undefined, 5),
  maxWaiting: constantFrom(undefined, 1),
});

let cluster: RedisCluster;
let client: RawClient;
let node: string;
let listeners: Subscriber[];

before(async () => {
  cluster = await startCluster({ masters: 1, replicas: 0 });
  client = await RawClient.open(cluster.url);
  node = String(await client.command('CLUSTER', 'MYID'));
  await client.command('SCRIPT', 'LOAD', SLOTS_SCRIPT);
  listeners = await Promise.all(
    LOCKS.map((lock) =>
      Subscriber.open(cluster.url, wakeChannelOf({ tag: tagIn(lock), node }, 'alive')),
    ),
  );
});

after(async () => {
  for (const listener of listeners) await listener[Symbol.asyncDispose]();
  await client[Symbol.asyncDispose]();
  await cluster[Symbol.asyncDispose]();
});

function tagIn(lock: string): string {
  return tagOf(slotOf(lock));
}

const clockOf = (lock: string): string => `${baseOf(tagIn(lock))}clock`;
const lineOf = (lock: string): string => `${baseOf(tagIn(lock))}queue:${lock}`;

type State = typeof states extends { generate: (...args: never[]) => { value: infer S } }
  ? S
  : never;

async function prepare(lock: string, { clock, lock: held, line }: State): Promise<void> {
  if (clock === LIST) await client.command('RPUSH', clockOf(lock), 'x');
  else if (clock !== 'absent') await client.command('SET', clockOf(lock), written(clock));
  if (held === LIST) await client.command('RPUSH', lock, 'x');
  else if (held !== 'absent')
    await client.command('SET', lock, held, 'PXAT', String(began + 600_000));
  for (const [place, member] of line.entries()) {
    if (line.includes(LIST)) await client.command('RPUSH', lineOf(lock), 'x');
    else await client.command('ZADD', lineOf(lock), String(place + 1), member);
  }
}

/** The same for both, so by a moment that does not go on. */
let began: number;
function written(clock: string | number | readonly [number, number]): string {
  if (typeof clock === 'string') return clock;
  if (typeof clock === 'number') return String(began * 1_000 + clock);
  return `${began * 1_000 + clock[0]} ${began + clock[1]}`;
}

/** What stands there now, without what tells the two ways apart. */
async function found(lock: string): Promise<{ clock: string; rest: unknown }> {
  const text = async (key: string): Promise<string> => {
    const type = String(await client.command('TYPE', key));
    return type === 'string' ? `string ${String(await client.command('GET', key))}` : type;
  };
  const line = String(await client.command('TYPE', lineOf(lock)));
  const members =
    line === 'zset' ? await client.command('ZRANGE', lineOf(lock), '0', '-1', 'WITHSCORES') : line;
  const expires = Number(await client.command('PTTL', lock)) > 0;
  return { clock: await text(clockOf(lock)), rest: undated([await text(lock), expires, members]) };
}

function isOfNow(digits: string): boolean {
  const since = Number(digits) - began * 1_000;
  return since > 0 && since < HOUR / 2;
}

/**
 * Numbers that were drawn now are alike: where the clock had gone on, one may be the next. So is what is
 * left of the lease of ten minutes.
 */
function undated(value: unknown): unknown {
  const text = JSON.stringify(value).replaceAll(/\b\d{16}\b/g, (digits) =>
    isOfNow(digits) ? '1' : digits,
  );
  return JSON.parse(text.replaceAll(/\b5\d{5}\b/g, '600000')) as unknown;
}

function plain(reply: unknown, lock: string): unknown {
  const text = JSON.stringify(reply).replaceAll(tagIn(lock), 'tag').replaceAll(lock, 'lock');
  return undated(JSON.parse(text));
}

test('the short way of a slot leads where the rules lead', async () => {
  await check(
    asyncProperty(states, asked, integer({ min: 0, max: 1 }), async (state, how, first) => {
      await client.command('FLUSHALL');
      began = Date.now();
      for (const lock of LOCKS) await prepare(lock, state);
      const slots = LOCKS.map((key, place) => {
        const { release, ...terms } = how;
        const operation = release
          ? { kind: 'release', key, token: ours, fencingToken: FENCE, room: undefined }
          : { kind: 'acquire', key, token: ours, ttl: 30_000, ...terms };
        return {
          tag: tagIn(key),
          operations: [operation as Operation],
          unusual: place === 1,
        };
      });
      if (first === 1) slots.reverse();
      const replies = (await client.command(...encodeSlots(slots, node))) as unknown[];
      if (first === 1) replies.reverse();
      const [short, long] = LOCKS.map((lock, place) => plain(replies[place], lock));
      assert.deepEqual(short, long);
      const [byShort, byRules] = await Promise.all(LOCKS.map((lock) => found(lock)));
      assert.deepEqual(byShort?.rest, byRules?.rest);
      if (byShort?.clock === byRules?.clock) return;
      // Where the lock was not to be had, the clock may have gone on. It tells of lines as it did.
      assert.ok(!how.release && typeof short !== 'number', `${byShort?.clock} ${byRules?.clock}`);
      const [gone, other] = [byShort, byRules].map((one) =>
        /^string (\d+)( \d{13})?$/.exec(one?.clock ?? ''),
      );
      assert.equal(gone?.[2], other?.[2]);
      assert.ok(Number(gone?.[1]) > Number(other?.[1]));
    }),
    { numRuns: Number(process.env['HOLDFAST_SHORT_WAYS'] ?? 400) },
  );
});
