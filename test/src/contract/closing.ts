import assert from 'node:assert/strict';
import { LockerClosedError, LockLostError } from '@holdfast/core';
import type { Promises } from './scene.js';

export function closing(promises: Promises): void {
  promises('close rejects the waits, and they leave the line', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    await using _ = await mine.acquire('order:42');
    const waits = [other.acquire('order:42'), other.acquire('order:42')];
    await scene.queued('order:42', 2);
    const rejected = Promise.all(waits.map((wait) => assert.rejects(wait, LockerClosedError)));
    await other.close();
    await rejected;
    await scene.queued('order:42', 0);
  });

  promises('close gives back what is held, and tells whoever works under it', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    const lock = await mine.acquire('order:42');
    const { signal } = lock;
    await mine.close();
    assert.equal(lock.held, false);
    assert(signal.reason instanceof LockLostError);
    assert.equal(signal.reason.reason, 'closed');
    await assert.rejects(lock.release(), { code: 'LOCK_LOST', reason: 'closed' });
    await assert.rejects(lock.renew(), { code: 'LOCK_LOST', reason: 'closed' });
    await using free = await other.tryAcquire('order:42');
    assert.ok(free);
  });

  promises('close hands what is held to the next waiter of another locker', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    await mine.acquire('order:42', { ttl: '1h' });
    const waited = other.acquire('order:42');
    await scene.queued('order:42', 1);
    await mine.close();
    await using next = await waited;
    assert.equal(next.held, true);
  });

  promises('close passes over its own waiters', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    await mine.acquire('order:42', { ttl: '1h' });
    const own = mine.acquire('order:42');
    await scene.queued('order:42', 1);
    const waited = other.acquire('order:42');
    await scene.queued('order:42', 2);
    const rejected = assert.rejects(own, LockerClosedError);
    await mine.close();
    await rejected;
    await using next = await waited;
    assert.equal(next.held, true);
  });

  promises('after close every call is rejected', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    await using lock = await other.acquire('order:42');
    const json = lock.toJSON();
    await mine.close();
    await assert.rejects(mine.acquire('order:43'), LockerClosedError);
    await assert.rejects(mine.tryAcquire('order:43'), LockerClosedError);
    await assert.rejects(
      mine.using('order:43', () => assert.fail('not to be called')),
      LockerClosedError,
    );
    await assert.rejects(mine.adopt(json), LockerClosedError);
    await assert.rejects(mine.forceRelease('order:42'), LockerClosedError);
    assert.equal(lock.held, true);
  });

  promises('closing again waits for the same end', async (scene) => {
    const locker = await scene.locker();
    await locker.acquire('order:42');
    await Promise.all([locker.close(), locker.close(), locker[Symbol.asyncDispose]()]);
    await locker.close();
  });

  promises('the end of a block closes its locker', async (scene) => {
    const other = await scene.locker();
    let kept: typeof other;
    {
      await using locker = await scene.locker();
      kept = locker;
      await locker.acquire('order:42');
    }
    await assert.rejects(kept.tryAcquire('order:42'), LockerClosedError);
    await using free = await other.tryAcquire('order:42');
    assert.ok(free);
  });

  promises(
    'a block that ends after its locker is told that the lock was given back',
    async (scene) => {
      const locker = await scene.locker();
      const block = async (): Promise<void> => {
        await using _ = await locker.acquire('order:42');
        await locker.close();
      };
      await assert.rejects(block, { code: 'LOCK_LOST', reason: 'closed' });
    },
  );
}
