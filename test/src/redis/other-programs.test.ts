import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AcquireTimeoutError, createLocker, type Locker } from '@holdfast/core';
import { eventually } from '../contract/patience.js';
import { oneServer } from './one-server.js';

const KEY = 'lock:order:42';

const server = oneServer();

function open(): Promise<Locker> {
  return createLocker({ url: server.redis.url });
}

test("another program's lock is busy until it goes, and is taken then", async () => {
  await using locker = await open();
  await server.witness.command('SET', KEY, 'theirs', 'PX', '700', 'NX');
  assert.equal(await locker.tryAcquire('order:42'), null);
  await assert.rejects(locker.acquire('order:42', { waitTimeout: 100 }), (error) => {
    assert(error instanceof AcquireTimeoutError);
    assert.ok(error.holderTtl !== undefined && error.holderTtl <= 700);
    return true;
  });
  assert.equal(await server.witness.command('GET', KEY), 'theirs');
  await using lock = await locker.acquire('order:42', { waitTimeout: '5s' });
  assert.equal(await server.witness.command('GET', KEY), `${lock.token} ${lock.fencingToken}`);
});

test("a lock that another program compares and deletes is found by the waiter's poll", async () => {
  await using locker = await open();
  await server.witness.command('SET', KEY, 'theirs', 'PX', '600', 'NX');
  const waited = locker.acquire('order:42');
  await server.witness.queued(KEY, 1);
  // From here on it does not expire in time: only the deletion lets the waiter in.
  await server.witness.command('PEXPIRE', KEY, '3600000');
  const compareAndDelete =
    "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end";
  await server.witness.command('EVAL', compareAndDelete, '1', KEY, 'theirs');
  await using lock = await eventually(waited, 'the poll finds the lock free');
  assert.equal(lock.held, true);
});

test('a foreign holder without an expiry is busy, and the error says that it has none', async () => {
  await using locker = await open();
  await server.witness.command('SET', KEY, 'theirs');
  assert.equal(await locker.tryAcquire('order:42'), null);
  for (const waitTimeout of [0, 100]) {
    await assert.rejects(locker.acquire('order:42', { waitTimeout }), (error) => {
      assert(error instanceof AcquireTimeoutError);
      assert.equal(error.holderTtl, undefined);
      assert.match(error.message, /no expiry/);
      return true;
    });
  }
  assert.equal(await locker.forceRelease('order:42'), true);
  await using lock = await locker.tryAcquire('order:42');
  assert.ok(lock);
});
