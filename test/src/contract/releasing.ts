import assert from 'node:assert/strict';
import { LockLostError } from '@holdfast/core';
import { told } from './patience.js';
import type { Promises } from './scene.js';

export function releasing(promises: Promises): void {
  promises('from the call of release on the lock is not held', async (scene) => {
    const locker = await scene.locker();
    const lock = await locker.acquire('order:42');
    const { signal } = lock;
    const released = lock.release();
    assert.equal(lock.held, false);
    assert.equal(lock.remaining, 0);
    await released;
    assert.equal(signal.aborted, false);
  });

  promises('releasing again does nothing', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    const lock = await mine.acquire('order:42');
    await Promise.all([lock.release(), lock.release(), lock[Symbol.asyncDispose]()]);
    await using next = await other.acquire('order:42');
    await lock.release();
    await lock[Symbol.asyncDispose]();
    await next.renew();
    assert.equal(next.held, true);
  });

  promises('release leaves the lock alone when it has passed to another owner', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    const lock = await mine.acquire('order:42');
    await other.forceRelease('order:42');
    await using next = await other.acquire('order:42');
    await assert.rejects(lock.release(), { code: 'LOCK_LOST', reason: 'taken' });
    await next.renew();
    assert.equal(await mine.tryAcquire('order:42'), null);
  });

  promises('release of a lost lock says so once', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    const lock = await mine.acquire('order:42');
    await other.forceRelease('order:42');
    await assert.rejects(lock.release(), (error) => {
      assert(error instanceof LockLostError);
      assert.equal(error.reason, 'gone');
      assert.equal(error.fencingToken, lock.fencingToken);
      return true;
    });
    await lock.release();
    assert.equal(lock.held, false);
  });

  promises('release during a renewal waits for it, and gives the lock back', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    const lock = await mine.acquire('order:42');
    const renewed = lock.renew();
    const released = lock.release();
    await Promise.allSettled([renewed]);
    await released;
    await using next = await other.tryAcquire('order:42');
    assert.ok(next);
  });

  promises('release says on its channel how long, and to whom it was handed', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker({ owner: 'other@web-4' })];
    const lock = await mine.acquire('order:42');
    const next = other.acquire('order:42');
    await scene.queued('order:42', 1);
    const message = told('holdfast:release', ({ token }) => token === lock.token);
    await lock.release();
    const { handedOff, heldFor, next: receiver } = await message;
    const { token, fencingToken } = await next;
    assert.equal(handedOff, true);
    const owner = 'other@web-4';
    assert.deepEqual(receiver, { kind: 'locker', owner, token, fencingToken, self: false });
    assert.ok(heldFor > 0);
    await (await next).release();
  });
}
