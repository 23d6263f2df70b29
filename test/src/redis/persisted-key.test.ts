import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLocker } from '@holdfast/core';
import { told } from '../contract/patience.js';
import { oneServer } from './one-server.js';

const KEY = 'lock:order:42';

const server = oneServer();

/** In ms; -1: none. */
async function expiry(): Promise<number> {
  return Number(await server.witness.command('PTTL', KEY));
}

test('a renewal gives the lock the expiry back that somebody took from it', async () => {
  await using locker = await createLocker({ url: server.redis.url });
  await using lock = await locker.acquire('order:42', { ttl: 20_000 });
  await server.witness.command('PERSIST', KEY);
  await lock.renew();
  const left = await expiry();
  assert.ok(left > 10_000 && left <= 20_000, `${left} ms`);
  await server.witness.command('SET', KEY, String(await server.witness.command('GET', KEY)));
  await lock.renew();
  assert.ok((await expiry()) > 10_000);
});

test('a renewal in the background gives it back, too', async () => {
  await using locker = await createLocker({ url: server.redis.url });
  await using lock = await locker.acquire('order:42', { ttl: 3_000 });
  await server.witness.command('PERSIST', KEY);
  // One may be under way already.
  await told('holdfast:renewal', ({ outcome }) => outcome === 'renewed', 2);
  const left = await expiry();
  assert.ok(left > 0 && left <= 3_000, `${left} ms`);
  assert.ok(lock.held);
});

test('whoever adopts a lock without an expiry gives it one', async () => {
  await using mine = await createLocker({ url: server.redis.url });
  await using other = await createLocker({ url: server.redis.url });
  const lock = await mine.acquire('order:42', { ttl: 20_000 });
  await server.witness.command('PERSIST', KEY);
  await using _ = await other.adopt(lock.handOver());
  assert.ok((await expiry()) > 10_000);
});

test('a renewal never shortens what the lock has left', async () => {
  await using locker = await createLocker({ url: server.redis.url });
  await using lock = await locker.acquire('order:42', { ttl: 50_000 });
  await lock.renew(5_000);
  assert.ok((await expiry()) > 20_000);
});
