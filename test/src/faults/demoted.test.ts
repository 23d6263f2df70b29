/** A server that becomes a replica while a locker is connected to it, as in a failover. */
import assert from 'node:assert/strict';
import { createLocker, RedisUnreachableError } from '@holdfast/core';
import { startRedis } from '@holdfast/support';
import { RawClient } from '../redis/raw-client.js';
import { test } from 'node:test';

function becauseReplica(error: unknown): boolean {
  // Only a new connection finds out: what it reports is the cause.
  return error instanceof RedisUnreachableError && error.message.includes('it is a replica');
}

for (const work of ['renew', 'acquire'] as const) {
  test(`${work} looks for the master again when its server was demoted`, async () => {
    await using redis = await startRedis();
    await using successor = await startRedis();
    await using admin = await RawClient.open(redis.url);
    await using locker = await createLocker({ url: redis.url, commandTimeout: 1_000 });
    const lock = await locker.acquire('job', { ttl: '1m', renew: false });
    const act = async (): Promise<void> => {
      if (work === 'renew') await lock.renew();
      else await locker.using('other', () => {});
    };
    await admin.command('REPLICAOF', '127.0.0.1', String(successor.port));
    await assert.rejects(act(), becauseReplica);
    await admin.command('REPLICAOF', 'NO', 'ONE');
    // The lock may have gone with the data of the former master; the way there stands again.
    if (work === 'renew') await locker.using('other', () => {});
    else await act();
  });
}
