import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLocker, type Locker } from '@holdfast/core';
import { eventually, told } from '../contract/patience.js';
import { oneServer } from './one-server.js';

const KEY = 'lock:order:42';

const server = oneServer();

function open(): Promise<Locker> {
  return createLocker({ url: server.redis.url });
}

test('fencing tokens go on rising after all data was flushed', async () => {
  await using locker = await open();
  const first = await locker.acquire('order:42');
  await server.witness.command('FLUSHALL');
  await using second = await locker.acquire('order:42', { waitTimeout: 0 });
  assert.ok(second.fencingToken > first.fencingToken);
  await assert.rejects(first.release(), { code: 'LOCK_LOST' });
});

test('waiters get their turns after all data was flushed', async () => {
  await using locker = await open();
  await using other = await open();
  const lock = await locker.acquire('order:42', { ttl: 2_500, renew: false });
  const waited = other.acquire('order:42');
  await server.witness.queued(KEY, 1);
  await server.witness.command('FLUSHALL');
  await using next = await eventually(waited, 'the poll finds the lock free');
  assert.ok(next.fencingToken > lock.fencingToken);
});

test('waiters get their turns after the clock alone was lost, and are told of them', async () => {
  await using locker = await open();
  await using other = await open();
  const lock = await locker.acquire('order:42');
  const pushed = told('holdfast:hand-off', ({ lockName }) => lockName === 'order:42');
  const waited = other.acquire('order:42');
  await server.witness.queued(KEY, 1);
  await server.witness.command('DEL', 'holdfast:clock');
  await lock.release();
  await eventually(pushed, 'the lock is handed off');
  await using next = await waited;
  assert.ok(next.fencingToken > lock.fencingToken);
});

test('a flush of the scripts between any two operations goes unnoticed', async () => {
  await using locker = await open();
  await using other = await open();
  const flush = (): Promise<unknown> => server.witness.command('SCRIPT', 'FLUSH');
  const lock = await locker.acquire('order:42');
  await flush();
  await lock.renew();
  await flush();
  assert.equal(await other.tryAcquire('order:42'), null);
  await flush();
  const waited = other.acquire('order:42');
  await server.witness.queued(KEY, 1);
  await flush();
  await lock.release();
  const next = await waited;
  await flush();
  assert.equal(await locker.forceRelease('order:42'), true);
  await flush();
  await assert.rejects(next.release(), { code: 'LOCK_LOST' });
});

test('what strangers left in the queue of a lock does no harm', async () => {
  await using locker = await open();
  await using other = await open();
  const lock = await locker.acquire('order:42');
  const members = ['', 'nonsense', 'a/1 -5', 'gone/1 30000', 'gone/2 99999999999999999999'];
  for (const [score, member] of members.entries()) {
    await server.witness.command('ZADD', `holdfast:queue:${KEY}`, String(score), member);
  }
  const waited = other.acquire('order:42');
  await server.witness.queued(KEY, members.length + 1);
  await lock.release();
  await using next = await waited;
  assert.equal(next.held, true);
});
