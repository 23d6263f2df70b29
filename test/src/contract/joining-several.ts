import assert from 'node:assert/strict';
import { assertLocked, currentLock, LockReentryError } from '@holdfast/core';
import type { Promises } from './scene.js';

const BOTH = ['account:2', 'account:1'];
const IN_VAIN = { waitTimeout: 0 } as const;

function isReentry(error: unknown): boolean {
  assert(error instanceof LockReentryError, String(error));
  assert.equal(error.lockName, 'account:1');
  return true;
}

export function joiningSeveral(promises: Promises): void {
  promises('using one name within a list that has it joins that lock', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    await mine.using(BOTH, async ({ locks }) => {
      assert.equal(currentLock()?.name, 'account:2');
      const inner = await mine.using('account:1', IN_VAIN, (lock) => {
        assert.equal(currentLock()?.name, 'account:1');
        return lock.token;
      });
      assert.equal(inner, locks.get('account:1')?.token);
      assert.equal(assertLocked('account:1').held, true, 'who joined does not give it back');
    });
    await using free = await other.tryAcquire(BOTH);
    assert.ok(free);
  });

  promises('using a list within the same one joins it', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    await mine.using(BOTH, async (outer) => {
      const inner = await mine.using(
        BOTH.toReversed(),
        { ttl: '1h', waitTimeout: 0 },
        (set) => set,
      );
      assert.equal(inner, outer);
      assert.ok(outer.remaining > 3_000_000, 'the longer ttl holds for all of them');
      assert.equal(await other.tryAcquire('account:1'), null);
    });
  });

  promises('what would wait for itself is refused at once', async (scene) => {
    const locker = await scene.locker();
    await locker.using(BOTH, async () => {
      await assert.rejects(
        locker.using(['account:1', 'account:3'], () => assert.fail('not to be called')),
        isReentry,
      );
      await assert.rejects(locker.acquire(['account:0', 'account:1']), isReentry);
      await assert.rejects(locker.acquire('account:1'), isReentry);
      const strict = { reentrant: false };
      await assert.rejects(
        locker.using('account:1', strict, () => assert.fail('not to be called')),
        isReentry,
      );
    });
    await locker.using('account:1', async () => {
      await assert.rejects(
        locker.using(BOTH, () => assert.fail('not to be called')),
        isReentry,
      );
    });
    assert.equal(await locker.tryAcquire(BOTH).then((set) => set?.release()), undefined);
  });

  promises('several locks are kept for as long as they are to be held at least', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    const both = await mine.acquire(BOTH, { holdAtLeast: 300 });
    await both.release();
    assert.equal(both.held, false);
    assert.equal(await other.tryAcquire('account:1'), null);
    await using free = await other.acquire(BOTH, { waitTimeout: '5s' });
    assert.ok(free.held);
  });
}
