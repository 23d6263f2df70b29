import assert from 'node:assert/strict';
import { LockerClosedError } from '@holdfast/core';
import { aborted, eventually, told } from './patience.js';
import type { Promises } from './scene.js';

export function draining(promises: Promises): void {
  promises('a locker that drains lets those finish who hold, and begins nothing', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    const locks = [await mine.acquire('one'), await mine.acquire('two')];
    const foreign = await other.acquire('three');
    const closed = mine.close({ drain: '1m' });
    await assert.rejects(mine.acquire('four'), LockerClosedError);
    await assert.rejects(mine.tryAcquire('four'), LockerClosedError);
    await assert.rejects(mine.adopt(foreign.toJSON()), LockerClosedError);
    await assert.rejects(mine.forceRelease('three'), LockerClosedError);
    for (const lock of locks) {
      assert.deepEqual([lock.held, lock.signal.aborted], [true, false]);
      await lock.renew();
      await lock.release();
      assert.equal(lock.signal.aborted, false);
    }
    await eventually(closed, 'the locker is closed when the last one has finished');
    await foreign.release();
  });

  promises('a locker that drains renews what is still held', async (scene) => {
    const locker = await scene.locker();
    const lock = await locker.acquire('order:42', { ttl: 1_200 });
    const closed = locker.close({ drain: '1m' });
    await told('holdfast:renewal', ({ token }) => token === lock.token, 4);
    assert.equal(lock.held, true);
    await lock.release();
    await eventually(closed, 'the locker is closed');
  });

  promises('who waits is rejected when the drain begins', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    const lock = await mine.acquire('order:42');
    await using foreign = await other.acquire('order:43');
    const waits = [mine.acquire('order:42'), mine.acquire('order:43')];
    await scene.queued('order:42', 1);
    await scene.queued('order:43', 1);
    const closed = mine.close({ drain: '1m' });
    // They may end in any order.
    await Promise.all(waits.map((wait) => assert.rejects(wait, LockerClosedError)));
    assert.deepEqual([lock.held, foreign.held], [true, true]);
    await lock.release();
    await eventually(closed, 'the locker is closed');
  });

  promises(
    'who still holds when the time is up is told, and the lock is given back',
    async (scene) => {
      const [mine, other] = [await scene.locker(), await scene.locker()];
      const lock = await mine.acquire('order:42', { ttl: '1h' });
      const closed = mine.close({ drain: 20 });
      const waited = other.acquire('order:42');
      await aborted(lock.signal);
      await assert.rejects(lock.release(), { code: 'LOCK_LOST', reason: 'closed' });
      await (await waited).release();
      await closed;
    },
  );

  promises('close cuts a drain short, and every call waits for the same end', async (scene) => {
    const locker = await scene.locker();
    const lock = await locker.acquire('order:42');
    const calls = [locker.close({ drain: '1h' }), locker.close({ drain: '1m' })];
    assert.equal(lock.held, true);
    calls.push(locker.close());
    assert.equal(lock.held, false);
    await eventually(Promise.all(calls), 'all calls resolve');
    await locker.close({ drain: '1m' });
  });

  promises('a later drain can be shorter, and not longer', async (scene) => {
    const locker = await scene.locker();
    const lock = await locker.acquire('order:42', { ttl: '1h' });
    const calls = [locker.close({ drain: '1h' }), locker.close({ drain: 20 })];
    calls.push(locker.close({ drain: '1h' }));
    await aborted(lock.signal);
    await eventually(Promise.all(calls), 'all calls resolve');
  });

  promises('with nothing held a drain is over at once', async (scene) => {
    const locker = await scene.locker();
    await (await locker.acquire('order:42')).release();
    await eventually(locker.close({ drain: '1h' }), 'the locker is closed');
  });

  promises('a drain that is none is refused, and nothing is closed', async (scene) => {
    const locker = await scene.locker();
    for (const drain of [-1, 1.5, 'soon', Infinity, null]) {
      await assert.rejects(locker.close({ drain: drain as number }), { message: /^drain: / });
    }
    await assert.rejects(locker.close({ time: 5 } as object), /close: no option 'time'/);
    await using lock = await locker.acquire('order:42');
    assert.equal(lock.held, true);
  });
}
