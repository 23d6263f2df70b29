/** A server that comes up with the data of a moment before has the line of then. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLocker } from '@holdfast/core';
import { oneServer } from './one-server.js';

const server = oneServer();
const LINE = 'holdfast:queue:lock:job';

test('nor who was let into a room, and is let in once more', async () => {
  await using served = await createLocker({ url: server.redis.url });
  await using locker = await createLocker({ url: server.redis.url });
  const terms = { ttl: '10m', limit: 3, weight: 2 } as const;
  const first = await locker.acquire('job', terms);
  const turn = served.acquire('job', terms);
  await server.witness.queued('lock:job', 1);
  assert.equal(await server.witness.command('COPY', LINE, 'kept'), 1);
  await first.release();
  await (await turn).release();
  // One who is inside stays there, and the next one fits only beside him.
  await using inside = await locker.acquire('job', { limit: 3 });
  assert.equal(await server.witness.command('COPY', 'kept', LINE), 1);
  await using next = await locker.acquire('job', { limit: 3, weight: 2, waitTimeout: '30s' });
  assert.deepEqual([inside.held, next.held], [true, true]);
});

test('who has had its turn does not keep the lock from others when it is given it once more', async () => {
  await using served = await createLocker({ url: server.redis.url });
  await using locker = await createLocker({ url: server.redis.url });
  const lock = await locker.acquire('job');
  const turn = served.acquire('job', { ttl: '10m' });
  await server.witness.queued('lock:job', 1);
  assert.equal(await server.witness.command('COPY', LINE, 'kept'), 1);
  await lock.release();
  await (await turn).release();
  assert.equal(await server.witness.command('COPY', 'kept', LINE), 1);
  await using next = await locker.acquire('job', { waitTimeout: '30s' });
  assert.equal(next.held, true);
});
