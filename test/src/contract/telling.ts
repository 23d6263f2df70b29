import assert from 'node:assert/strict';
import { LockLostError, type Lock } from '@holdfast/core';
import { aborted } from './patience.js';
import type { Promises } from './scene.js';

/** No renewal, and no deadline, within a test. */
const LONG = { ttl: '1h', renew: false } as const;

async function lossOf(lock: Pick<Lock, 'signal'>): Promise<LockLostError> {
  const reason = await aborted(lock.signal);
  assert.ok(reason instanceof LockLostError);
  return reason;
}

export function telling(promises: Promises): void {
  promises('who listens is told at once of a forced release', async (scene) => {
    const [mine, other] = [await scene.locker({ listen: true }), await scene.locker()];
    const lock = await mine.acquire('order:42', LONG);
    const loss = lossOf(lock);
    assert.equal(await other.forceRelease('order:42'), true);
    const { reason, holder, fencingToken, message } = await loss;
    assert.deepEqual([reason, holder, fencingToken], ['forced', undefined, lock.fencingToken]);
    assert.match(message, /was lost: it was taken away by force\.$/);
    assert.equal(lock.held, false);
    await assert.rejects(lock.release(), { reason: 'forced' });
  });

  promises(
    'a process that waited once listens, and is told who has the lock now',
    async (scene) => {
      const [mine, other] = [await scene.locker(), await scene.locker({ owner: 'next' })];
      const first = await other.acquire('order:42');
      const second = mine.acquire('order:42', LONG);
      await scene.queued('order:42', 1);
      await first.release();
      const lock = await second;
      const third = other.acquire('order:42', LONG);
      await scene.queued('order:42', 1);
      const loss = lossOf(lock);
      const admin = await scene.locker();
      assert.equal(await admin.forceRelease('order:42'), true);
      const { reason, holder, message } = await loss;
      const { token, fencingToken } = await third;
      assert.equal(reason, 'forced');
      assert.deepEqual(holder, { kind: 'locker', owner: 'next', token, fencingToken, self: false });
      assert.match(message, /by force; the server says that it is held by next \(/);
      assert.equal((await third).held, true);
      await (await third).release();
    },
  );

  promises('all who share a lock are told, each of its own', async (scene) => {
    const lockers = [await scene.locker({ listen: true }), await scene.locker({ listen: true })];
    const locks = await Promise.all(
      [...lockers, ...lockers].map((locker) => locker.acquire('api', { limit: 9, ...LONG })),
    );
    const losses = locks.map(lossOf);
    const admin = await scene.locker();
    assert.equal(await admin.forceRelease('api'), true);
    for (const { reason } of await Promise.all(losses)) assert.equal(reason, 'forced');
  });

  promises('who takes a lock from itself knows it at once', async (scene) => {
    const locker = await scene.locker();
    const lock = await locker.acquire('order:42', LONG);
    const reader = await locker.acquire('report', { mode: 'shared', ...LONG });
    const loss = lossOf(reader);
    assert.equal(await locker.forceRelease('order:42'), true);
    assert.equal(lock.held, false);
    assert.equal((lock.signal.reason as LockLostError).reason, 'forced');
    assert.equal(await locker.forceRelease('report'), true);
    assert.equal((await loss).reason, 'forced');
  });

  promises('with one of several that is taken away, all are lost at once', async (scene) => {
    const [mine, other] = [await scene.locker({ listen: true }), await scene.locker()];
    const both = await mine.acquire(['a', 'b'], LONG);
    const reason = aborted(both.signal);
    assert.equal(await other.forceRelease('b'), true);
    const loss = await reason;
    assert.ok(loss instanceof LockLostError);
    assert.deepEqual([loss.reason, loss.lockName], ['forced', 'b']);
    await using free = await other.acquire('a', { waitTimeout: '5s' });
    assert.ok(free.held);
    await assert.rejects(both.release(), { code: 'LOCK_LOST' });
  });

  promises(
    'who acquired a lock is told when another process ends it that took part',
    async (scene) => {
      const [mine, other] = [await scene.locker({ listen: true }), await scene.locker()];
      for (const mode of ['exclusive', 'shared'] as const) {
        const lock = await mine.acquire('order:42', { mode, ...LONG });
        const loss = lossOf(lock);
        const adopted = await other.adopt(lock.toJSON());
        await adopted.release();
        assert.equal((await loss).reason, 'gone');
      }
    },
  );

  promises('who acquired a lock is told nothing of one that was handed on', async (scene) => {
    const [mine, other] = [await scene.locker({ listen: true }), await scene.locker()];
    const first = await mine.acquire('order:42', LONG);
    const second = await other.adopt(first.toJSON());
    // It is over there, and not at the store.
    const third = await mine.adopt(second.handOver());
    await mine.inspect('order:42');
    assert.deepEqual([first.held, third.held], [true, true]);
    await third.release();
  });

  promises('whoever took part by adopting here is told with the others', async (scene) => {
    const [mine, other] = [await scene.locker({ listen: true }), await scene.locker()];
    const lock = await mine.acquire('order:42', LONG);
    const adopted = await mine.adopt(lock.toJSON());
    const losses = Promise.all([lossOf(lock), lossOf(adopted)]);
    assert.equal(await other.forceRelease('order:42'), true);
    for (const { reason } of await losses) assert.equal(reason, 'forced');
  });
}
