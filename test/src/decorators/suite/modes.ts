import assert from 'node:assert/strict';
import type { Locker } from '@holdfast/core';
import { currentLock, Locked, LockReentryError, UseLocker } from '@holdfast/decorators';
import { Gate } from '@holdfast/support';
import type { Promises } from '../../contract/scene.js';

class Reports {
  @UseLocker() readonly locker: Locker;

  constructor(locker: Locker) {
    this.locker = locker;
  }

  @Locked('report:{0}', { mode: 'shared' })
  async read(_id: number, work: () => unknown): Promise<unknown> {
    return work();
  }

  @Locked('report:{0}')
  async write(_id: number, work: () => unknown): Promise<unknown> {
    return work();
  }

  @Locked('report:{0}', { limit: 3, weight: 2 })
  async print(_id: number, work: () => unknown): Promise<unknown> {
    return work();
  }

  @Locked('report:{0}', { limit: 3 })
  async preview(_id: number, work: () => unknown): Promise<unknown> {
    return work();
  }

  @Locked('report:{0}', { limit: 3, weight: 3 })
  async printAll(_id: number, work: () => unknown): Promise<unknown> {
    return work();
  }

  /** As its locker does by default. */
  @Locked('draft:{0}')
  async draft(_id: number, work: () => unknown): Promise<unknown> {
    return work();
  }
}

const how = (): unknown => {
  const lock = currentLock();
  return [lock?.mode, lock?.limit, lock?.weight];
};

/** `@Locked(key, { mode, limit, weight })`. */
export function modes(promises: Promises): void {
  promises('methods run side by side whose lock is shared, and beside no other', async (scene) => {
    const locker = await scene.locker();
    const reports = new Reports(locker);
    const gate = new Gate();
    gate.shut();
    const first = reports.read(1, () => gate.passed());
    assert.deepEqual(await reports.read(1, how), ['shared', undefined, 1]);
    assert.equal(await locker.tryAcquire('report:1'), null);
    gate.open();
    await first;
    assert.deepEqual(await reports.write(1, how), ['exclusive', undefined, 1]);
  });

  promises('a method takes its weight of the limit', async (scene) => {
    const locker = await scene.locker();
    const reports = new Reports(locker);
    await reports.print(1, async () => {
      assert.deepEqual(how(), ['limited', 3, 2]);
      assert.equal(await locker.tryAcquire('report:1', { limit: 3, weight: 2 }), null);
      const permit = await locker.tryAcquire('report:1', { limit: 3 });
      await permit?.release();
      assert.ok(permit);
    });
  });

  promises('a call joins a lock that is held for more than it asks', async (scene) => {
    const reports = new Reports(await scene.locker());
    assert.deepEqual(await reports.write(1, () => reports.read(1, how)), [
      'exclusive',
      undefined,
      1,
    ]);
    assert.deepEqual(await reports.read(1, () => reports.read(1, how)), ['shared', undefined, 1]);
    assert.deepEqual(await reports.print(1, () => reports.preview(1, how)), ['limited', 3, 2]);
    assert.deepEqual(await reports.print(1, () => reports.read(1, how)), ['limited', 3, 2]);
  });

  promises('a call that asks for more than is held never waits for itself', async (scene) => {
    const locker = await scene.locker();
    const reports = new Reports(locker);
    const refused = (call: () => Promise<unknown>): Promise<void> =>
      assert.rejects(call, (error) => {
        assert(error instanceof LockReentryError);
        assert.match(error.message, /as (shared|limited): it would wait for itself/);
        return true;
      });
    await reports.read(1, async () => {
      await refused(() => reports.write(1, how));
      await refused(() => locker.using('report:1', how));
      await refused(() => reports.preview(1, how));
      // The lock stays.
      assert.equal(currentLock()?.held, true);
    });
    await reports.print(1, async () => {
      await refused(() => reports.printAll(1, how));
      await refused(() => reports.write(1, how));
    });
  });

  promises('a method that says nothing asks as its locker does by default', async (scene) => {
    const reports = new Reports(await scene.locker({ mode: 'shared' }));
    assert.deepEqual(await reports.draft(1, () => reports.draft(1, how)), ['shared', undefined, 1]);
  });

  promises('a mode, limit or weight that makes no sense is refused with the class', async () => {
    const mistakes: readonly [object, 'TypeError' | 'RangeError', RegExp][] = [
      [{ mode: 'read' }, 'TypeError', /@Locked on .*mode: 'read'/],
      [{ mode: 'shared', limit: 2 }, 'TypeError', /@Locked on .*limit: not together/],
      [{ mode: 'shared', weight: 2 }, 'TypeError', /@Locked on .*weight: only together/],
      [{ limit: 0 }, 'RangeError', /@Locked on .*limit: 0/],
      [{ limit: 2, weight: 3 }, 'RangeError', /@Locked on .*weight: 3/],
    ];
    for (const [options, name, message] of mistakes) {
      const declare = (): unknown => {
        class Refused {
          @Locked('report', options as { mode: 'shared' })
          async read(): Promise<void> {}
        }
        return Refused;
      };
      assert.throws(declare, { name, message });
    }
  });
}
