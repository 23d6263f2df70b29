import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startRedis, startWorker } from '@holdfast/support';
import type { Commands } from './realm-without-dispose.js';

test('without Symbol.asyncDispose, a locker is refused with what has to be loaded first', async () => {
  await using redis = await startRedis();
  const module = new URL('./realm-without-dispose.js', import.meta.url);
  await using worker = await startWorker<Commands>(module);
  const ending = await worker.request('createLocker', redis.url);
  assert.match(ending, /^TypeError: .*Symbol\.asyncDispose/);
  assert.match(ending, /before @holdfast\/core|first/i);
});
