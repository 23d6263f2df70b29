import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createLocker } from '@holdfast/core';
import { Redis, type RedisOptions } from 'ioredis';
import { oneServer } from '../redis/one-server.js';
import { LIBRARIES } from './libraries.js';

const server = oneServer();

/** A client of the other libraries, which ends with its block. */
function connect(options: RedisOptions = {}): Redis & Disposable {
  const client = new Redis(server.redis.url, options);
  return Object.assign(client, { [Symbol.dispose]: () => client.disconnect() });
}

for (const { name, keyPrefix, tryTake } of LIBRARIES) {
  describe(`side by side with ${name}`, () => {
    test('under the default prefix both hold m1: they lock different keys', async () => {
      using client = connect();
      await using locker = await createLocker({ url: server.redis.url });
      await using lock = await locker.acquire('m1');
      const theirs = await tryTake(client, 'm1');
      assert.ok(theirs, 'the other library holds it as well');
      assert.equal(lock.held, true);
      await theirs.release();
    });

    test(`with keyPrefix '${keyPrefix}' what Holdfast holds is busy there`, async () => {
      using client = connect();
      await using locker = await createLocker({ url: server.redis.url, keyPrefix });
      {
        await using _ = await locker.acquire('m1');
        assert.equal(await tryTake(client, 'm1'), null);
      }
      const theirs = await tryTake(client, 'm1');
      assert.ok(theirs, 'it is free once it was given back');
      await theirs.release();
    });

    test(`with keyPrefix '${keyPrefix}' what it holds is busy here, and is waited for`, async () => {
      using client = connect();
      await using locker = await createLocker({ url: server.redis.url, keyPrefix });
      const theirs = await tryTake(client, 'm1');
      assert.ok(theirs);
      assert.equal(await locker.tryAcquire('m1'), null);
      await theirs.release();
      await using lock = await locker.acquire('m1', { waitTimeout: '5s' });
      assert.equal(lock.held, true);
    });
  });
}

test('a keyPrefix of the ioredis client stands before the keys of the library', async () => {
  using client = connect({ keyPrefix: 'shop:' });
  for (const { name, keyPrefix, tryTake } of LIBRARIES) {
    await using locker = await createLocker({
      url: server.redis.url,
      keyPrefix: `shop:${keyPrefix}`,
    });
    await using _ = await locker.acquire('m1');
    assert.equal(await tryTake(client, 'm1'), null, name);
  }
});
