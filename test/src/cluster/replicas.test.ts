/** With `replicas` in a cluster: those of the master that has the lock. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createLocker, type Locker, NotReplicatedError } from '@holdfast/core';
import { RawClient } from '../redis/raw-client.js';
import { type Shard, Shards } from './shards.js';

/** Far above what any of them takes. */
const TIMEOUT = 300_000;

describe('with replicas, in a cluster', { timeout: TIMEOUT }, () => {
  let shards: Shards;
  before(async () => {
    // A replica that stands still is taken for gone, and that is all.
    shards = await Shards.start({ masters: 2, replicas: 2, nodeTimeout: 20_000 });
  });
  after(() => shards[Symbol.asyncDispose]());

  const open = (replicaTimeout: string): Promise<Locker> =>
    createLocker({ url: shards.url, replicas: 1, replicaTimeout } as never);

  test('a lock that is granted has been copied, whatever else travels in its batch', async () => {
    await using locker = await open('5s');
    // The scripts are not there yet.
    for (const { client } of shards.all.slice(0, 2)) await client.command('SCRIPT', 'FLUSH');
    const names = Array.from({ length: 40 }, (_, n) => `order:${n}`);
    const locks = await Promise.all(names.map((name) => locker.acquire(name)));
    for (const lock of locks) {
      const key = `lock:${lock.name}`;
      const owner = shards.all.indexOf(await shards.ownerOf(key));
      await using replica = await RawClient.open((shards.all[owner + 2] as Shard).server.url);
      await replica.command('READONLY');
      assert.equal(await replica.command('GET', key), `${lock.token} ${lock.fencingToken}`);
    }
    await Promise.all(locks.map((lock) => lock.renew()));
    await Promise.all(locks.map((lock) => lock.release()));
  });

  test('one that only its master has is given back; others have theirs', async () => {
    await using locker = await open('150ms');
    const [one, other, replica] = shards.all as [Shard, Shard, Shard];
    const [name, beside] = [await shards.nameAt(one), await shards.nameAt(other)];
    await using held = await locker.acquire(await shards.nameAt(one));
    replica.server.pause();
    try {
      const [refused, granted] = await Promise.allSettled([
        locker.acquire(name),
        locker.acquire(beside),
      ]);
      assert.equal(granted.status, 'fulfilled');
      await granted.value.release();
      assert.ok(refused.status === 'rejected');
      assert(refused.reason instanceof NotReplicatedError);
      assert.equal(refused.reason.acknowledged, 0);
      await assert.rejects(held.renew(), { code: 'NOT_REPLICATED' });
    } finally {
      replica.server.resume();
    }
    await using next = await locker.acquire(name, { waitTimeout: '5s' });
    await Promise.all([held.renew(), next.renew()]);
  });

  test('what is handed on is copied before it is believed', async () => {
    await using locker = await open('5s');
    await using other = await open('5s');
    const name = await shards.nameAt(shards.all[0] as Shard);
    const first = await locker.acquire(name);
    const waiting = other.acquire(name, { waitTimeout: '15s' });
    await shards.queued(`lock:${name}`, 1);
    await first.release();
    await using next = await waiting;
    const replica = shards.all[2] as Shard;
    await replica.client.command('READONLY');
    assert.equal(
      await replica.client.command('GET', `lock:${name}`),
      `${next.token} ${next.fencingToken}`,
    );
  });
});
