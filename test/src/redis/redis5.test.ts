import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startRedis, startWorker } from '@holdfast/support';
import { RawClient } from './raw-client.js';
import type { Commands } from './redis5-worker.js';

test('where node-redis 5 is installed, everything works with it', async () => {
  await using redis = await startRedis();
  await using worker = await startWorker<Commands>(new URL('redis5-worker.js', import.meta.url));
  assert.equal(await worker.request('isRedis5'), true);
  await worker.request('takeTurns', redis.url);
  await worker.request('takeTurns', `unix://${redis.socketPath}`);
  await using witness = await RawClient.open(redis.url);
  assert.deepEqual(await witness.command('KEYS', '*'), ['holdfast:clock']);
});
