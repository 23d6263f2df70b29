import assert from 'node:assert/strict';
import { AcquireTimeoutError } from '@holdfast/core';
import type { Promises } from './scene.js';

export function acquiring(promises: Promises): void {
  promises('a free lock is taken at once, and tells whose it is', async (scene) => {
    const locker = await scene.locker();
    await using lock = await locker.acquire('order:42');
    assert.equal(lock.name, 'order:42');
    assert.equal(lock.held, true);
    assert.match(lock.token, /^[\w-]+\/[\w-]+\/\S+$/);
    assert.ok(Number.isSafeInteger(lock.fencingToken) && lock.fencingToken > 0);
  });

  promises('a held lock is busy for other lockers and for its own', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    await using lock = await mine.acquire('order:42');
    assert.equal(await other.tryAcquire('order:42'), null);
    assert.equal(await mine.tryAcquire('order:42'), null);
    assert.equal(lock.held, true);
  });

  promises('different names do not exclude each other', async (scene) => {
    const locker = await scene.locker();
    await using first = await locker.acquire('order:42', { waitTimeout: 0 });
    await using second = await locker.acquire('order:43', { waitTimeout: 0 });
    assert.ok(first.held && second.held);
  });

  promises('different key prefixes do not exclude each other', async (scene) => {
    const blue = await scene.locker({ keyPrefix: 'lock:blue:' });
    const green = await scene.locker({ keyPrefix: 'lock:green:' });
    await using first = await blue.acquire('order:42', { waitTimeout: 0 });
    await using second = await green.acquire('order:42', { waitTimeout: 0 });
    assert.ok(first.held && second.held);
  });

  promises('a lock that was given back can be taken again, under a new token', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    const tokens = new Set<string>();
    for (const locker of [mine, mine, other]) {
      const lock = await locker.acquire('order:42', { waitTimeout: 0 });
      tokens.add(lock.token);
      await lock.release();
    }
    assert.equal(tokens.size, 3);
  });

  promises('tryAcquire takes a free lock', async (scene) => {
    const locker = await scene.locker();
    await using lock = await locker.tryAcquire('order:42', { ttl: '1m' });
    assert.ok(lock?.held);
    assert.equal(lock.toJSON().ttl, 60_000);
  });

  promises('a busy lock without waiting says who is in the way and for how long', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    await using _ = await mine.acquire('order:42', { ttl: 2_000 });
    await assert.rejects(other.acquire('order:42', { waitTimeout: 0 }), (error) => {
      assert(error instanceof AcquireTimeoutError);
      assert.equal(error.lockName, 'order:42');
      assert.ok(error.waited >= 0);
      assert.ok(error.holderTtl !== undefined && error.holderTtl > 0 && error.holderTtl <= 2_000);
      return true;
    });
  });

  promises('the defaults of a locker hold for every acquisition', async (scene) => {
    const locker = await scene.locker({ ttl: '5s', waitTimeout: 0, renew: true });
    await using lock = await locker.acquire('order:42');
    assert.equal(lock.toJSON().ttl, 5_000);
    await assert.rejects(locker.acquire('order:42'), AcquireTimeoutError);
    await assert.rejects(
      locker.using('order:42', () => {}),
      AcquireTimeoutError,
    );
    await using longer = await locker.acquire('order:43', { ttl: '6s' });
    assert.equal(longer.toJSON().ttl, 6_000);
  });

  promises('many callers at once each get a lock of their own', async (scene) => {
    const locker = await scene.locker();
    const names = Array.from({ length: 300 }, (_, index) => `order:${index}`);
    const locks = await Promise.all(names.map((name) => locker.acquire(name, { waitTimeout: 0 })));
    assert.deepEqual(
      locks.map((lock) => lock.name),
      names,
    );
    assert.ok(locks.every((lock) => lock.held));
    await Promise.all(locks.map((lock) => lock.release()));
  });
}
