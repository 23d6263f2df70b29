import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLocker } from '@holdfast/core';
import { oneServer } from './one-server.js';

const server = oneServer();

test('a name of a megabyte never reaches the server', async () => {
  await using locker = await createLocker({ url: server.redis.url });
  await using lock = await locker.acquire('order:42');
  const name = 'x'.repeat(2 ** 20);
  const former = await server.witness.calls('evalsha');
  const calls = [
    () => locker.acquire(name),
    () => locker.tryAcquire(name),
    () => locker.using(name, () => {}),
    () => locker.forceRelease(name),
    () => locker.adopt({ ...lock.toJSON(), name }),
  ];
  for (const call of calls) await assert.rejects(call(), RangeError);
  assert.equal(await server.witness.calls('evalsha'), former);
});
