import assert from 'node:assert/strict';
import { LockLostError } from '@holdfast/core';
import { aborted, told } from './patience.js';
import type { Promises } from './scene.js';

export function renewing(promises: Promises): void {
  promises('a held lock renews itself far beyond its ttl', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    await using lock = await mine.acquire('order:42', { ttl: 1_200 });
    // One comes after each third of the ttl.
    await told('holdfast:renewal', ({ outcome }) => outcome === 'renewed', 4);
    assert.equal(lock.held, true);
    assert.equal(lock.signal.aborted, false);
    assert.equal(await other.tryAcquire('order:42'), null);
  });

  promises('renewal goes on for many locks at once', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    const names = Array.from({ length: 20 }, (_, index) => `order:${index}`);
    const locks = await Promise.all(names.map((name) => mine.acquire(name, { ttl: 1_200 })));
    await told('holdfast:renewal', ({ lockName }) => lockName === names.at(-1), 4);
    assert.ok(locks.every((lock) => lock.held));
    const tries = await Promise.all(names.map((name) => other.tryAcquire(name)));
    assert.ok(tries.every((lock) => lock === null));
    await Promise.all(locks.map((lock) => lock.release()));
  });

  promises('renew extends the lease to the ttl that it is given', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    await using lock = await mine.acquire('order:42', { ttl: 10_000, renew: false });
    await lock.renew('1h');
    assert.ok(lock.remaining > 3_000_000, `${lock.remaining} ms`);
    assert.equal(lock.toJSON().ttl, 3_600_000);
    await assert.rejects(other.acquire('order:42', { waitTimeout: 0 }), ({ holderTtl }) => {
      return holderTtl > 3_000_000;
    });
  });

  promises('renew without a ttl extends the lease to that of the acquisition', async (scene) => {
    const locker = await scene.locker();
    await using lock = await locker.acquire('order:42', { ttl: 10_000, renew: false });
    const before = lock.remaining;
    await new Promise((resolve) => setTimeout(resolve, 300));
    await lock.renew();
    assert.ok(lock.remaining > before - 250, `${before} ms, then ${lock.remaining} ms`);
    assert.ok(lock.remaining <= 10_000);
  });

  promises('renew never shortens a lease', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    await using lock = await mine.acquire('order:42', { ttl: '1h', renew: false });
    await lock.renew(100);
    assert.ok(lock.remaining > 3_000_000, `${lock.remaining} ms`);
    await assert.rejects(other.acquire('order:42', { waitTimeout: 0 }), ({ holderTtl }) => {
      return holderTtl > 3_000_000;
    });
  });

  promises('renewals that overlap each extend the lease', async (scene) => {
    const locker = await scene.locker();
    await using lock = await locker.acquire('order:42', { ttl: 10_000 });
    await Promise.all([lock.renew(), lock.renew('1m'), lock.renew(300)]);
    assert.ok(lock.remaining > 50_000, `${lock.remaining} ms`);
  });

  promises('a lock that somebody else took away is lost at the next renewal', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    const lock = await mine.acquire('order:42', { ttl: 3_000 });
    const { signal } = lock;
    await other.forceRelease('order:42');
    await using next = await other.acquire('order:42');
    const reason = await aborted(signal);
    assert(reason instanceof LockLostError);
    assert.equal(reason.reason, 'taken');
    assert(reason.holder?.kind === 'locker');
    assert.equal(reason.holder.token, next.token);
    assert.equal(lock.held, false);
    await assert.rejects(lock.renew(), (error) => error === reason);
  });

  promises('a lock that was given back cannot be renewed', async (scene) => {
    const locker = await scene.locker();
    const lock = await locker.acquire('order:42');
    await lock.release();
    await assert.rejects(lock.renew(), { code: 'LOCK_LOST', reason: 'released' });
  });
}
