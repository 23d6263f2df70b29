import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLocker, ForeignDataError, type Locker } from '@holdfast/core';
import { oneServer } from './one-server.js';

const KEY = 'lock:order:42';

const server = oneServer();

function open(): Promise<Locker> {
  return createLocker({ url: server.redis.url });
}

test('the lock key is a plain string with an expiry: owner token and fencing token', async () => {
  await using locker = await open();
  await using lock = await locker.acquire('order:42', { ttl: 20_000 });
  assert.equal(await server.witness.command('GET', KEY), `${lock.token} ${lock.fencingToken}`);
  const expiry = Number(await server.witness.command('PTTL', KEY));
  assert.ok(expiry > 10_000 && expiry <= 20_000, `${expiry} ms`);
  assert.equal(await server.witness.command('SET', KEY, 'theirs', 'PX', '1000', 'NX'), null);
});

test('nothing but the clock stays in Redis when nobody holds and nobody waits', async () => {
  await using locker = await open();
  await using other = await open();
  const lock = await locker.acquire('order:42');
  const waited = other.acquire('order:42');
  await server.witness.queued(KEY, 1);
  assert.ok(Number(await server.witness.command('PTTL', `holdfast:queue:${KEY}`)) > 0);
  await lock.release();
  await (await waited).release();
  assert.deepEqual(await server.witness.command('KEYS', '*'), ['holdfast:clock']);
});

test("a key with data of another type is somebody's data: reported, never touched", async () => {
  await using locker = await open();
  const data: readonly (readonly [string, ...string[]])[] = [
    ['HSET', 'hash', 'apples', '3'],
    ['RPUSH', 'list', 'apples'],
    ['ZADD', 'zset', '1', 'apples'],
    ['XADD', 'stream', '1-1', 'apples', '3'],
  ];
  for (const [command, type, ...rest] of data) {
    await server.witness.command('DEL', KEY);
    await server.witness.command(command, KEY, ...rest);
    const found = await server.witness.command('DUMP', KEY);
    const calls = [
      () => locker.acquire('order:42'),
      () => locker.acquire('order:42', { waitTimeout: 0 }),
      () => locker.tryAcquire('order:42'),
      () => locker.using('order:42', () => assert.fail('not to be called')),
      () => locker.forceRelease('order:42'),
    ];
    for (const call of calls) {
      await assert.rejects(call(), (error) => {
        assert(error instanceof ForeignDataError);
        assert.equal(error.code, 'FOREIGN_DATA');
        assert.equal(error.key, KEY);
        assert.equal(error.type, type);
        return true;
      });
    }
    assert.equal(await server.witness.command('DUMP', KEY), found);
    assert.equal(await server.witness.command('PTTL', KEY), -1);
  }
});

test('a lock key that becomes data of another type is lost, and left alone', async () => {
  await using locker = await open();
  const lock = await locker.acquire('order:42');
  await server.witness.command('DEL', KEY);
  await server.witness.command('HSET', KEY, 'apples', '3');
  await assert.rejects(lock.renew(), { code: 'LOCK_LOST', reason: 'gone' });
  await assert.rejects(lock.release(), { code: 'LOCK_LOST', reason: 'gone' });
  assert.equal(await server.witness.command('HGET', KEY, 'apples'), '3');
});
