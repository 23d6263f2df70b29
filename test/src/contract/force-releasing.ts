import assert from 'node:assert/strict';
import type { Promises } from './scene.js';

export function forceReleasing(promises: Promises): void {
  promises('a lock is taken from whoever holds it, without its token', async (scene) => {
    const [mine, other, third] = [await scene.locker(), await scene.locker(), await scene.locker()];
    const lock = await mine.acquire('order:42');
    assert.equal(await other.forceRelease('order:42'), true);
    await using next = await third.tryAcquire('order:42');
    assert.ok(next?.held);
    await assert.rejects(lock.renew(), { code: 'LOCK_LOST', reason: 'taken' });
  });

  promises('a free lock has nobody to be taken from', async (scene) => {
    const locker = await scene.locker();
    assert.equal(await locker.forceRelease('order:42'), false);
  });

  promises('a forced release hands the lock to the next waiter', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    const lock = await mine.acquire('order:42', { ttl: '1h', renew: false });
    const waited = other.acquire('order:42');
    await scene.queued('order:42', 1);
    assert.equal(await mine.forceRelease('order:42'), true);
    await using next = await waited;
    assert.ok(next.held && next.fencingToken > lock.fencingToken);
    await assert.rejects(lock.release(), { code: 'LOCK_LOST', reason: 'forced' });
    assert.equal(next.held, true);
  });
}
