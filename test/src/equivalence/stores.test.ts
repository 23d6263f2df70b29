/**
 * The memory store is the reference of the protocol: whatever is done, Redis answers the same.
 *
 * `HOLDFAST_EQUIVALENCE_OPERATIONS=100000` makes a long run, `HOLDFAST_EQUIVALENCE_SEED` another one.
 */
import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { type RedisServer, startRedis } from '@holdfast/support';
import { assert as check, asyncProperty } from 'fast-check';
import type { Clock } from '../../../packages/core/dist/engine/clock.js';
import { systemClock } from '../../../packages/core/dist/engine/clock.js';
import { MemoryStore } from '../../../packages/core/dist/memory/memory-store.js';
import { sourceOfOptions } from '../../../packages/core/dist/redis/connections/source.js';
import { RedisStore } from '../../../packages/core/dist/redis/redis-store.js';
import { RawClient } from '../redis/raw-client.js';
import { type OpenableStore, Side } from './side.js';
import { history, KEYS } from './steps.js';

/** Of a history, on the average. */
const LENGTH = 30;
const operations = Number(process.env['HOLDFAST_EQUIVALENCE_OPERATIONS'] ?? 4_000);
const seed = Number(process.env['HOLDFAST_EQUIVALENCE_SEED'] ?? 20_261_123);

/** Takes time off every key, as if it had passed. */
const PASS = `
for _, key in ipairs(KEYS) do
  local left = redis.call('PTTL', key) - ARGV[1]
  if left > 0 then redis.call('PEXPIRE', key, left) else redis.call('DEL', key) end
end`;
const perishable = [...KEYS, ...KEYS.map((key) => `holdfast:queue:${key}`)];

suite('memory and Redis', () => {
  let redis: RedisServer;
  let admin: RawClient;
  let onRedis: Side;

  before(async () => {
    redis = await startRedis();
    admin = await RawClient.open(redis.url);
    const source = sourceOfOptions({ url: redis.url });
    const pool = { min: 1, max: 1 };
    const store = new RedisStore({ source, clock: systemClock, pool });
    onRedis = await Side.open(store, async (ms) => {
      await admin.command('EVAL', PASS, String(perishable.length), ...perishable, String(ms));
    });
  });

  after(async () => {
    onRedis.close();
    await admin[Symbol.asyncDispose]();
    await redis[Symbol.asyncDispose]();
  });

  test(`answer the same to ${operations} operations (seed ${seed})`, async () => {
    // Redis answers on sockets that do not keep the process alive.
    const anchor = setInterval(() => {}, 60_000);
    const property = asyncProperty(history, async (steps) => {
      await admin.command('FLUSHALL');
      onRedis.reset();
      let passed = 0;
      const clock: Clock = {
        now: () => passed,
        wall: () => Date.now() + passed,
        after: () => () => {},
      };
      const store = new MemoryStore(clock) as unknown as OpenableStore;
      const inMemory = await Side.open(store, async (ms) => {
        passed += ms;
      });
      for (const [index, step] of steps.entries()) {
        const expected = await inMemory.take(step);
        assert.deepEqual(await onRedis.take(step), expected, `step ${index}`);
      }
      // Pushes come on a connection of their own: an answer on it comes after them.
      await onRedis.heard(inMemory.grants);
      assert.deepEqual(onRedis.summary, inMemory.summary);
    });
    try {
      await check(property, { seed, numRuns: Math.ceil(operations / LENGTH) });
    } finally {
      clearInterval(anchor);
    }
  });
});
