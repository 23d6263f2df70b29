/** A server that comes up with the data of a moment before has the line of then. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLocker } from '@holdfast/core';
import { oneServer } from './one-server.js';

const server = oneServer();
const LINE = 'holdfast:queue:lock:job';

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
