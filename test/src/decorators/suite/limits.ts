import assert from 'node:assert/strict';
import type { Locker } from '@holdfast/core';
import { assertLocked, Locked, UseLocker } from '@holdfast/decorators';
import { aborted, hearing, told } from '../../contract/patience.js';
import type { Promises } from '../../contract/scene.js';

class Exports {
  @UseLocker() readonly locker: Locker;

  constructor(locker: Locker) {
    this.locker = locker;
  }

  @Locked('export', { maxHold: 50 })
  async run(): Promise<void> {
    await hearing(assertLocked().signal);
  }

  @Locked('export', { maxHold: 50, onLost: 'ignore' })
  async stubborn(): Promise<unknown> {
    const { signal } = assertLocked();
    return aborted(signal);
  }

  @Locked('export', { maxWaiting: 1, warnAfter: 20, onOutage: 'wait' })
  async wait(): Promise<string> {
    return 'done';
  }

  @Locked('export', { maxWaiting: 1, waitTimeout: '1m', onBusy: 'skip' })
  async waitOrSkip(): Promise<string | undefined> {
    return 'done';
  }
}

export function limits(promises: Promises): void {
  promises('a method that runs for longer than maxHold has lost its lock', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    const service = new Exports(mine);
    await assert.rejects(service.run(), { code: 'LOCK_LOST', reason: 'overdue' });
    assert.equal(((await service.stubborn()) as { reason: unknown }).reason, 'overdue');
    // It has settled: nobody waits for the end of the lease.
    await using free = await other.acquire('export', { waitTimeout: '5s' });
    assert.ok(free);
  });

  promises('a call too many in the line is rejected, whatever onBusy says', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    const service = new Exports(mine);
    const lock = await other.acquire('export');
    const warned = told('holdfast:wait-long', ({ lockName }) => lockName === 'export');
    const wait = service.wait();
    await scene.queued('export', 1);
    await assert.rejects(service.wait(), { code: 'LINE_FULL', maxWaiting: 1 });
    await assert.rejects(service.waitOrSkip(), { code: 'LINE_FULL', maxWaiting: 1 });
    assert.ok((await warned).waited >= 20);
    await lock.release();
    assert.equal(await wait, 'done');
    assert.equal(await service.waitOrSkip(), 'done');
  });
}
