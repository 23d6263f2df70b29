import assert from 'node:assert/strict';
import { AcquireTimeoutError, type Lock, LockLostError } from '@holdfast/core';
import type { Promises } from './scene.js';

export function usingCallbacks(promises: Promises): void {
  promises('using runs the callback under the lock and gives its result', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    let kept: Lock | undefined;
    const result = await mine.using('order:42', async (lock) => {
      kept = lock;
      assert.equal(lock.held, true);
      assert.equal(await other.tryAcquire('order:42'), null);
      return 42;
    });
    assert.equal(result, 42);
    assert.equal(kept?.held, false);
    await using free = await other.tryAcquire('order:42');
    assert.ok(free);
  });

  promises('using takes the options of acquire, and callbacks without promises', async (scene) => {
    const locker = await scene.locker();
    const ttl = await locker.using('order:42', { ttl: '7s' }, (lock) => lock.toJSON().ttl);
    assert.equal(ttl, 7_000);
    assert.equal(await locker.using('order:42', undefined, () => 'done'), 'done');
  });

  promises('using does not call the callback when the lock was not acquired', async (scene) => {
    const locker = await scene.locker();
    await using _ = await locker.acquire('order:42');
    await assert.rejects(
      locker.using('order:42', { waitTimeout: 0 }, () => assert.fail('not to be called')),
      AcquireTimeoutError,
    );
  });

  promises('using wants a function, and says so before it asks for the lock', async (scene) => {
    const locker = await scene.locker();
    for (const body of [undefined, null, 'charge', {}]) {
      await assert.rejects(locker.using('order:42', {}, body as never), TypeError);
      await assert.rejects(locker.using('order:42', body as never), TypeError);
    }
    await using free = await locker.tryAcquire('order:42');
    assert.ok(free);
  });

  promises('an error of the callback comes out unchanged, and the lock is free', async (scene) => {
    const locker = await scene.locker();
    const failure = new Error('the card was refused');
    const isFailure = (error: unknown): boolean => error === failure;
    await assert.rejects(
      locker.using('order:42', () => Promise.reject(failure)),
      isFailure,
    );
    await assert.rejects(
      locker.using('order:42', () => {
        throw failure;
      }),
      isFailure,
    );
    await using free = await locker.tryAcquire('order:42');
    assert.ok(free);
  });

  promises(
    'an error of the callback comes out unchanged even if the lock was lost',
    async (scene) => {
      const [mine, other] = [await scene.locker(), await scene.locker()];
      const failure = new Error('the card was refused');
      const used = mine.using('order:42', async () => {
        await other.forceRelease('order:42');
        throw failure;
      });
      await assert.rejects(used, (error) => error === failure);
    },
  );

  promises('a callback that succeeded without its lock is reported as lost', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    const used = mine.using('order:42', async () => {
      await other.forceRelease('order:42');
      return 42;
    });
    await assert.rejects(used, LockLostError);
  });

  promises('a callback may release the lock itself', async (scene) => {
    const locker = await scene.locker();
    const result = await locker.using('order:42', async (lock) => {
      await lock.release();
      return 42;
    });
    assert.equal(result, 42);
  });
}
