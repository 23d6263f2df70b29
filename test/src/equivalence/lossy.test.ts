/** Whatever a store with a grace loses, memory and Redis go on alike. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type RedisServer, startRedis } from '@holdfast/support';
import { assert as check, asyncProperty } from 'fast-check';
import { MemoryStore } from '../../../packages/core/dist/memory/memory-store.js';
import { sourceOfOptions } from '../../../packages/core/dist/redis/connections/source.js';
import { RedisStore } from '../../../packages/core/dist/redis/redis-store.js';
import { type Clock, systemClock } from '../../../packages/core/dist/runtime/clock.js';
import { RawClient } from '../redis/raw-client.js';
import { ask } from './ask.js';
import { ForgetfulKeyspace } from './forgetful.js';
import { lossyHistory } from './histories.js';
import { Losses } from './losses.js';
import { passIn } from './passing.js';
import { SERVER } from './place.js';
import { Side } from './side.js';
import type { Step } from './steps.js';
import { strangerInMemory, strangerToRedis } from './stranger.js';

const histories = Math.ceil(Number(process.env['HOLDFAST_EQUIVALENCE_OPERATIONS'] ?? 4_000) / 40);
const seed = Number(process.env['HOLDFAST_EQUIVALENCE_SEED'] ?? 20_261_126);

/** Its end is 6 s away from every step of time, as those of the leases are. */
const GRACE = { scope: 'lock:', time: 30_000, lag: 0 };

let redis: RedisServer;
let admin: RawClient;
let losses: Losses;
let onRedis: Side;

before(async () => {
  redis = await startRedis();
  admin = await RawClient.open(redis.url);
  losses = new Losses(admin, GRACE.scope, (ms) => passIn(admin, SERVER.base, ms));
  const source = sourceOfOptions({ url: redis.url });
  const store = new RedisStore({ source, clock: systemClock, pool: { min: 1, max: 1 } });
  onRedis = await Side.open(
    store,
    {
      pass: (ms) => losses.pass(ms),
      stranger: () => strangerToRedis(admin),
      together: (session, batch) => Promise.all(batch.map((operation) => ask(session, operation))),
      gone: async () => {},
      async forget(how) {
        if (how === 'save') await losses.save();
        else if (how === 'restore') await losses.lose();
        else await admin.command('FLUSHDB');
      },
      ahead: () => losses.passed,
    },
    GRACE,
  );
});

after(async () => {
  onRedis.close();
  await admin[Symbol.asyncDispose]();
  await redis[Symbol.asyncDispose]();
});

/** A memory store that can lose what was written last. */
async function openMemory(): Promise<Side> {
  let passed = 0;
  const clock: Clock = {
    now: () => passed,
    wall: () => Date.now() + passed,
    after: () => () => {},
  };
  const store = new MemoryStore(clock) as { -readonly [K in keyof MemoryStore]: MemoryStore[K] };
  let keyspace = new ForgetfulKeyspace(store.channels);
  store.keyspace = keyspace;
  const side = await Side.open(
    store,
    {
      async pass(ms) {
        passed += ms;
      },
      stranger: strangerInMemory,
      together: async (_, batch) => store.keyspace.applyAll(batch, store.now(), GRACE),
      gone: async () => {},
      async forget(how) {
        // Numbers that are drawn anew are those of a later time.
        passed += 1;
        if (how === 'save') keyspace.save();
        else if (how === 'restore') store.keyspace = keyspace = keyspace.lose();
        else keyspace.loseData();
      },
    },
    GRACE,
  );
  // As in Redis, a history begins with nothing: the epoch of the opening is forgotten.
  keyspace.loseData();
  return side;
}

async function compare(steps: readonly Step[]): Promise<void> {
  await admin.command('FLUSHALL');
  await losses.begin();
  onRedis.reset();
  const inMemory = await openMemory();
  for (const [index, step] of steps.entries()) {
    const expected = await inMemory.take(step);
    assert.deepEqual(await onRedis.take(step), expected, `step ${index}`);
    await onRedis.heard(inMemory.grants);
    assert.equal(onRedis.grants, inMemory.grants, `grants after step ${index}`);
  }
  assert.deepEqual(onRedis.summary, inMemory.summary);
}

test(`memory and Redis answer the same in ${histories} histories with losses (seed ${seed})`, async () => {
  // Redis answers on sockets that do not keep the process alive.
  const anchor = setInterval(() => {}, 60_000);
  try {
    await check(asyncProperty(lossyHistory, compare), { seed, numRuns: histories });
  } finally {
    clearInterval(anchor);
  }
});
