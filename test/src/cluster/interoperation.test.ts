import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLocker } from '@holdfast/core';
import { Cluster } from 'ioredis';
import Redlock, { ExecutionError } from 'redlock';
import { eventually } from '../contract/patience.js';
import { type Shard, Shards } from './shards.js';

/** Far above what a test takes: here locks end by their release. */
const LONG = 60_000;
const SETTINGS = { retryCount: 1_000, retryDelay: 5, retryJitter: 2 };

test("redlock on ioredis' cluster and Holdfast exclude each other on the same keys", async () => {
  await using shards = await Shards.start({ masters: 3, replicas: 0 });
  const { port } = (shards.all[0] as Shard).server;
  const client = new Cluster([{ host: '127.0.0.1', port }]);
  try {
    const redlock = new Redlock([client], SETTINGS);
    // It reports each attempt that found the lock busy.
    redlock.on('error', () => {});
    await using locker = await createLocker({ url: shards.url, keyPrefix: 'stock:' });
    for (const name of ['a', 'b{tag}', '{}c}', 'd{{e}}']) {
      const ours = await locker.acquire(name);
      const tried = redlock.acquire([`stock:${name}`], LONG, { retryCount: 0 });
      await assert.rejects(tried, ExecutionError);
      const waiting = redlock.acquire([`stock:${name}`], LONG);
      await ours.release();
      const theirs = await eventually(waiting, 'redlock has it');
      assert.equal(await locker.tryAcquire(name), null);
      await theirs.release();
      await using again = await locker.acquire(name, { waitTimeout: 0 });
      assert.ok(again.fencingToken > ours.fencingToken);
    }
  } finally {
    client.disconnect();
  }
});
