import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLocker } from '@holdfast/core';
import { lockManager } from '@holdfast/core/web-locks';
import { startProxy, startRedis } from '@holdfast/support';
import { portsInTurn } from '../faults/ports-in-turn.js';

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
