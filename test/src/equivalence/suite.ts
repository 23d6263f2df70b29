import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import type { RedisCluster, RedisServer } from '@holdfast/support';
import { type Arbitrary, assert as check, asyncProperty } from 'fast-check';
import type { Clock } from '../../../packages/core/dist/runtime/clock.js';
import { systemClock } from '../../../packages/core/dist/runtime/clock.js';
import { MemoryStore } from '../../../packages/core/dist/memory/memory-store.js';
import { sourceOfOptions } from '../../../packages/core/dist/redis/connections/source.js';
import { RedisStore } from '../../../packages/core/dist/redis/redis-store.js';
import { until } from '../contract/patience.js';
import { RawClient } from '../redis/raw-client.js';
import { ask } from './ask.js';
import type { Place } from './place.js';
import { crowdedHistory, hauntedHistory, history } from './histories.js';
import { passIn } from './passing.js';
import { Side } from './side.js';
import {
  FEW,
  KEYS,
  type Loss,
  stealsBy,
  type Step,
  tokenOf,
  type Visit,
  WAITING,
} from './steps.js';
import { meetsStranger, passesBy, strangerInMemory, strangerToRedis } from './stranger.js';

/** Operations that are compared. */
const chosen = process.env['HOLDFAST_EQUIVALENCE_OPERATIONS'];
const seed = Number(process.env['HOLDFAST_EQUIVALENCE_SEED'] ?? 20_261_123);
/** Most operations among ghosts are their own: so many times as many make enough of the others. */
const OF_GHOSTS = 5;
/** After so many steps all that stands there is looked at. */
const LOOKS = 4;
/** Histories with one seed: after them comes the next one. */
const RUNS = 50;

/** For the first of a few locks, to wait for it. */
const ASKED = { ...WAITING, key: FEW[0] as string };

function permit(locker: string, n: number): Step {
  return { ...ASKED, token: tokenOf({ locker, mode: 'one-of-2', n }) };
}

/** By what is lost, in a room where somebody is. */
const LOSSES: Readonly<Record<Loss['of'], string>> = {
  clock: `redis.call('DEL', KEYS[3])`,
  holders: `redis.call('DEL', KEYS[1])`,
  leases: `redis.call('DEL', KEYS[2])`,
  'a lease': `redis.call('ZREMRANGEBYRANK', KEYS[2], '-1', '-1')`,
};

/**
 * The memory store is the reference of the protocol: whatever is done, Redis answers the same.
 *
 * `HOLDFAST_EQUIVALENCE_OPERATIONS=100000` makes a long run, `HOLDFAST_EQUIVALENCE_SEED` another one.
 */
export function equivalenceSuite(place: Place, usual: number): void {
  const operations = Number(chosen ?? usual);
  suite(`memory and ${place.name}`, () => runs(place, operations));
}

function runs(place: Place, operations: number): void {
  const { base } = place;
  let redis: RedisServer | RedisCluster;
  let admin: RawClient;
  let onRedis: Side;

  before(async () => {
    redis = await place.start();
    admin = await RawClient.open(redis.url);
    const source = sourceOfOptions({ url: redis.url });
    const pool = { min: 1, max: 1 };
    onRedis = await Side.open(new RedisStore({ source, clock: systemClock, pool }), {
      pass: (ms) => passIn(admin, base, ms),
      async lose({ key, of }) {
        const keys = [`${base}room:${key}`, `${base}leases:${key}`, `${base}clock`];
        await admin.command('EVAL', LOSSES[of], String(keys.length), ...keys);
      },
      stranger: () => strangerToRedis(admin),
      // What is submitted in one turn travels together.
      together: (session, batch) => Promise.all(batch.map((operation) => ask(session, operation))),
      gone: (lockerId) => until(() => isDeaf(lockerId), `${lockerId} is gone`),
    });
  });

  after(async () => {
    onRedis.close();
    await admin[Symbol.asyncDispose]();
    await redis[Symbol.asyncDispose]();
  });

  async function isDeaf(lockerId: string): Promise<boolean> {
    const channel = await place.channelOf(lockerId, admin);
    const answer = await admin.command('PUBSUB', 'SHARDNUMSUB', channel);
    return (answer as [string, number])[1] === 0;
  }

  /** Lives through the history on both sides; returns how many operations were compared. */
  async function compare(steps: readonly Step[]): Promise<number> {
    await admin.command('FLUSHALL');
    onRedis.reset();
    let compared = 0;
    let passed = 0;
    const clock: Clock = {
      now: () => passed,
      wall: () => Date.now() + passed,
      after: () => () => {},
    };
    const store = new MemoryStore(clock);
    const inMemory = await Side.open(store, {
      async pass(ms) {
        passed += ms;
      },
      async lose({ key, of }) {
        if (of !== 'clock') store.keyspace.tear(key, store.now());
      },
      stranger: strangerInMemory,
      together: async (_, batch) => store.keyspace.applyAll(batch, store.now()),
      gone: async () => {},
    });
    for (const [index, step] of steps.entries()) {
      if (isVisit(step) && (await passesBy(admin, base, step))) continue;
      const stolen = stolenBy(step);
      if (stolen.length > 0 && (await meetsStranger(admin, stolen))) continue;
      const expected = await inMemory.take(step);
      assert.deepEqual(await onRedis.take(step), expected, `step ${index}`);
      // Pushes come on a connection of their own.
      await onRedis.heard(inMemory.grants);
      assert.equal(onRedis.grants, inMemory.grants, `grants after step ${index}`);
      if (index % LOOKS === 0) {
        assert.deepEqual(await onRedis.views(KEYS), await inMemory.views(KEYS), `after ${index}`);
      }
      compared += sizeOf(step);
    }
    assert.deepEqual(onRedis.summary, inMemory.summary);
    return compared;
  }

  async function compareAll(histories: Arbitrary<Step[]>, wanted: number): Promise<void> {
    // Redis answers on sockets that do not keep the process alive.
    const anchor = setInterval(() => {}, 60_000);
    let compared = 0;
    let differed = false;
    const property = asyncProperty(histories, async (steps) => {
      // Enough is enough: the rest of the runs pass for nothing. A failure is shrunk in any case.
      if (compared >= wanted && !differed) return;
      try {
        compared += await compare(steps);
      } catch (error) {
        differed = true;
        throw error;
      }
    });
    try {
      for (let round = 0; compared < wanted; round += 1) {
        await check(property, { seed: seed + round, numRuns: RUNS });
      }
    } finally {
      clearInterval(anchor);
    }
  }

  test(`answer the same to ${operations} operations (seed ${seed})`, () =>
    compareAll(history, operations));

  test('answer the same where a lease in a room is over when several are asked for', async () => {
    await compare([
      permit('anna', 1),
      permit('anna', 2),
      permit('ben', 1),
      // That of the first one.
      { kind: 'pass', ms: 12_000 },
      { kind: 'acquireAll', keys: [...FEW].toReversed(), token: tokenOf({ locker: 'anna', n: 3 }) },
      // Nobody waits any more.
      { ...permit('anna', 2), kind: 'forceRelease' } as Step,
    ]);
  });

  test('answer the same where many wait for permits', () => compareAll(crowdedHistory, operations));

  test('answer the same where hundreds wait whose process is gone', () =>
    compareAll(hauntedHistory, OF_GHOSTS * operations));
}

function isVisit(step: Step): step is Visit {
  return step.kind === 'stranger takes' || step.kind === 'stranger releases';
}

/** The locks that are taken from whoever has them. */
function stolenBy(step: Step): string[] {
  const calls = step.kind === 'together' ? step.calls : 'token' in step ? [step] : [];
  return calls.flatMap((call) => {
    return call.kind !== 'acquireAll' && stealsBy(call) ? [call.key] : [];
  });
}

function sizeOf(step: Step): number {
  switch (step.kind) {
    case 'pass':
    case 'save':
    case 'restore':
    case 'lose all':
    case 'loss':
      return 0;
    case 'together':
      return step.calls.length;
    case 'ghosts':
      return step.count * step.keys.length;
    default:
      return 1;
  }
}
