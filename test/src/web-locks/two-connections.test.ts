import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLocker, LockLostError } from '@holdfast/core';
import { lockManager } from '@holdfast/core/web-locks';
import { startProxy, startRedis } from '@holdfast/support';
import { portsInTurn } from '../faults/ports-in-turn.js';
import { hold } from './holding.js';

/** More than one batch has room for, so that two are under way at the same time. */
const CALLS = 140;

test('requests are served in the order of the calls, whichever connection is slow', async () => {
  await using redis = await startRedis();
  await using one = await startProxy(redis);
  await using other = await startProxy(redis);
  const client = portsInTurn(one.port, other.port, redis.port);
  await using locker = await createLocker({ client, pool: { min: 2, max: 2 } });
  const locks = lockManager(locker);
  await locks.query();
  for (const slow of [one, other]) {
    slow.delay(5);
    const served: number[] = [];
    const requests = Array.from({ length: CALLS }, (_, n) => {
      return locks.request('reports', () => void served.push(n));
    });
    await Promise.all(requests);
    await slow.heal();
    assert.deepEqual(
      served,
      requests.map((_, n) => n),
    );
  }
});

test('a request that was stolen before its answer came rejects, and its callback is not called', async () => {
  await using redis = await startRedis();
  await using commands = await startProxy(redis);
  // What is told comes on a connection of its own.
  const client = portsInTurn(commands.port, redis.port);
  await using locker = await createLocker({ client, pool: { min: 1, max: 1 }, ttl: '1h' });
  await using other = await createLocker({ url: redis.url, ttl: '1h' });
  const [locks, others] = [lockManager(locker), lockManager(other)];
  await locks.request('reports', () => {});
  commands.hang('down');
  const stolen = assert.rejects(
    locks.request('reports', () => assert.fail('it is called')),
    (error) => {
      assert.ok(error instanceof DOMException);
      assert.equal(error.name, 'AbortError');
      assert.ok(error.cause instanceof LockLostError);
      assert.equal(error.cause.reason, 'forced');
      return true;
    },
  );
  while ((await other.inspect('reports')).holderCount === 0);
  const thief = await hold(others, 'reports', { steal: true });
  // What was told with the theft has come when the server has answered something later.
  await others.query();
  await commands.heal();
  await stolen;
  await thief.end();
});
