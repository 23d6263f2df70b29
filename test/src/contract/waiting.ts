import assert from 'node:assert/strict';
import { AcquireTimeoutError } from '@holdfast/core';
import type { Promises } from './scene.js';

export function waiting(promises: Promises): void {
  promises(
    'waiters of several lockers get the lock in the order of their coming',
    async (scene) => {
      const [a, b, c] = [await scene.locker(), await scene.locker(), await scene.locker()];
      const lock = await a.acquire('order:42');
      const order: number[] = [];
      const turns: Promise<unknown>[] = [];
      for (const [place, locker] of [b, c, a, b, a].entries()) {
        turns.push(locker.using('order:42', () => order.push(place)));
        await scene.queued('order:42', place + 1);
      }
      await lock.release();
      await Promise.all(turns);
      assert.deepEqual(order, [0, 1, 2, 3, 4]);
    },
  );

  promises('never do two hold the lock at the same time', async (scene) => {
    const lockers = [await scene.locker(), await scene.locker(), await scene.locker()];
    let inside = 0;
    let most = 0;
    const turn = async (): Promise<void> => {
      inside += 1;
      most = Math.max(most, inside);
      await new Promise((resolve) => setImmediate(resolve));
      inside -= 1;
    };
    const turns = lockers.flatMap((locker) =>
      Array.from({ length: 20 }, () => locker.using('order:42', turn)),
    );
    await Promise.all(turns);
    assert.equal(most, 1);
  });

  promises('who gives up after waitTimeout is told so, and leaves the line', async (scene) => {
    const [mine, other, third] = [await scene.locker(), await scene.locker(), await scene.locker()];
    const lock = await mine.acquire('order:42');
    await assert.rejects(other.acquire('order:42', { waitTimeout: 200 }), (error) => {
      assert(error instanceof AcquireTimeoutError);
      assert.ok(error.waited >= 200);
      assert.ok(error.holderTtl !== undefined && error.holderTtl <= 30_000);
      return true;
    });
    await scene.queued('order:42', 0);
    await lock.release();
    await using next = await third.tryAcquire('order:42');
    assert.ok(next?.held);
  });

  promises('who gives up lets those behind it move up', async (scene) => {
    const [mine, other, third] = [await scene.locker(), await scene.locker(), await scene.locker()];
    const lock = await mine.acquire('order:42');
    const controller = new AbortController();
    const first = other.acquire('order:42', { signal: controller.signal });
    await scene.queued('order:42', 1);
    const second = third.acquire('order:42');
    await scene.queued('order:42', 2);
    controller.abort();
    await assert.rejects(first);
    await lock.release();
    await using next = await second;
    assert.equal(next.held, true);
  });

  promises('a signal that is aborted already keeps the call from asking', async (scene) => {
    const locker = await scene.locker();
    const reason = new Error('changed my mind');
    const signal = AbortSignal.abort(reason);
    const isReason = (error: unknown): boolean => error === reason;
    await assert.rejects(locker.acquire('order:42', { signal }), isReason);
    await assert.rejects(locker.tryAcquire('order:42', { signal }), isReason);
    await assert.rejects(
      locker.using('order:42', { signal }, () => assert.fail('not to be called')),
      isReason,
    );
    await using free = await locker.tryAcquire('order:42');
    assert.ok(free);
  });

  promises('an abort ends the wait with its own reason, and leaves the line', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    await using _ = await mine.acquire('order:42');
    const controller = new AbortController();
    const waited = other.acquire('order:42', { signal: controller.signal });
    await scene.queued('order:42', 1);
    // Any value can be a reason, and comes out as it is.
    const reason = { because: 'the user went away' };
    controller.abort(reason);
    await assert.rejects(waited, (error) => error === reason);
    await scene.queued('order:42', 0);
  });

  promises('an abort after the lock was acquired does not touch it', async (scene) => {
    const locker = await scene.locker();
    const controller = new AbortController();
    await using lock = await locker.acquire('order:42', { signal: controller.signal });
    controller.abort();
    assert.equal(lock.held, true);
    assert.equal(lock.signal.aborted, false);
    await lock.renew();
  });

  promises('a waiter gets the lock when the holder lets it expire', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    await mine.acquire('order:42', { ttl: 150, renew: false });
    await using next = await other.acquire('order:42', { waitTimeout: '5s' });
    assert.equal(next.held, true);
  });

  promises('the lease of who waited longer than its ttl is whole', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    await mine.acquire('order:42', { ttl: 2_500, renew: false });
    await using next = await other.acquire('order:42', { ttl: 2_400, renew: false });
    assert.ok(next.remaining >= 200, `${next.remaining} ms of 2,400 are left`);
  });
}
