import assert from 'node:assert/strict';
import { type Lock, LockLostError } from '@holdfast/core';
import type { Promises } from './scene.js';

export function leavingBlocks(promises: Promises): void {
  promises('the end of a block gives the lock back', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    let kept: Lock;
    {
      await using lock = await mine.acquire('order:42');
      kept = lock;
    }
    assert.equal(kept.held, false);
    await using next = await other.tryAcquire('order:42');
    assert.ok(next);
  });

  promises('a block works with the null of tryAcquire', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    await using _ = await mine.acquire('order:42');
    {
      await using none = await other.tryAcquire('order:42');
      assert.equal(none, null);
    }
    assert.equal(await other.tryAcquire('order:42'), null);
  });

  promises('a lock that was released within its block is left alone at its end', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    let next: Lock;
    {
      await using lock = await mine.acquire('order:42');
      await lock.release();
      next = await other.acquire('order:42');
    }
    await next.renew();
    await next.release();
  });

  promises('an error of the block comes out unchanged when the lock was kept', async (scene) => {
    const locker = await scene.locker();
    const failure = new Error('the card was refused');
    const block = async (): Promise<void> => {
      await using _ = await locker.acquire('order:42');
      throw failure;
    };
    await assert.rejects(block, (error) => error === failure);
    await using free = await locker.tryAcquire('order:42');
    assert.ok(free);
  });

  promises('the loss of the lock is never silent at the end of a block', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    const block = async (): Promise<void> => {
      await using _ = await mine.acquire('order:42');
      await other.forceRelease('order:42');
    };
    await assert.rejects(block, LockLostError);
  });

  promises('an error of the block is kept beside the loss of the lock', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    const failure = new Error('the card was refused');
    const block = async (): Promise<void> => {
      await using _ = await mine.acquire('order:42');
      await other.forceRelease('order:42');
      throw failure;
    };
    // Where the runtime has no SuppressedError, the compiler makes an error of the same shape.
    await assert.rejects(block, (error: Error & { error: unknown; suppressed: unknown }) => {
      assert.equal(error.name, 'SuppressedError');
      assert(error.error instanceof LockLostError);
      assert.equal(error.suppressed, failure);
      return true;
    });
  });
}
