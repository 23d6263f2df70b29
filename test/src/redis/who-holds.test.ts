/** What people see who look at Redis, and at what a locker tells them of others there. */
import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { test } from 'node:test';
import { AcquireTimeoutError, createLocker, ownerOf, RedisRefusedError } from '@holdfast/core';
import { told } from '../contract/patience.js';
import { oneServer } from './one-server.js';

const KEY = 'lock:order:42';

const server = oneServer();

test('the value of a lock key tells a person who holds it', async () => {
  await using locker = await createLocker({ url: server.redis.url, owner: 'billing@web-3' });
  await using lock = await locker.acquire('order:42');
  const value = String(await server.witness.command('GET', KEY));
  assert.equal(value, `${lock.token} ${lock.fencingToken}`);
  assert.match(value, /\/billing@web-3 \d+$/);
  assert.equal(ownerOf(value.split(' ')[0] ?? ''), 'billing@web-3');
});

test('a program of another kind is told as such, and what it has written', async () => {
  await using locker = await createLocker({ url: server.redis.url });
  for (const value of ['somebody', '', 'a "quoted"\nline', 'x'.repeat(10_000), 'me/1 17 shared']) {
    await server.witness.command('SET', KEY, value, 'PX', '60000');
    const begun = told('holdfast:wait-begin', ({ lockName }) => lockName === 'order:42');
    await assert.rejects(locker.acquire('order:42', { waitTimeout: 100 }), (error) => {
      assert(error instanceof AcquireTimeoutError);
      assert.deepEqual(error.holder, { kind: 'foreign', value: value.slice(0, 256) });
      assert.match(error.message, /held by another program, which wrote "[^\n]*", who has \d+ ms/);
      assert.ok(error.message.length < 400);
      return true;
    });
    assert.equal((await begun).holder?.kind, 'foreign');
  }
});

test('no password is shown', async () => {
  await server.witness.command('ACL', 'SETUSER', 'worker', 'on', '>secret', '~*', '&*', '+@all');
  const url = new URL(server.redis.url);
  url.username = 'worker';
  url.password = 'secret';
  await using locker = await createLocker({ url: url.href });
  await using lock = await locker.acquire('order:42');
  await server.witness.command('ACL', 'SETUSER', 'worker', '-evalsha');
  await assert.rejects(lock.renew(), (error) => {
    assert(error instanceof RedisRefusedError);
    assert.match(
      error.message,
      /^Lock "order:42": renew: Redis at .* refused the operation: NOPERM/,
    );
    for (const shown of [inspect(error), inspect(locker), inspect(lock)]) {
      assert.ok(!shown.includes('secret'), shown);
    }
    return true;
  });
  await server.witness.command('ACL', 'SETUSER', 'worker', '+evalsha');
});
