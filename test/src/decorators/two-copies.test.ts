import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type AcquireTimeoutError,
  currentLock,
  type Locker,
  LockReentryError,
} from '@holdfast/core';
import { Locked, UseLocker } from '@holdfast/decorators';
import { SecondCopy } from '../faults/second-copy.js';

class Reports {
  readonly sent: string[] = [];
  @UseLocker() readonly locker: Locker;

  constructor(locker: Locker) {
    this.locker = locker;
  }

  @Locked('report:{0}', { onBusy: 'skip' })
  async sendOrSkip(id: string): Promise<string | undefined> {
    this.sent.push(id);
    return id;
  }

  @Locked('report:{0}', { onBusy: ({ lockName }: AcquireTimeoutError) => `${lockName} is busy` })
  async sendOrTell(id: string): Promise<string> {
    this.sent.push(id);
    return id;
  }

  @Locked('report:{0}', { onLost: 'ignore' })
  async sendAnyhow(id: string, meanwhile: () => Promise<unknown>): Promise<string> {
    await meanwhile();
    return id;
  }
}

test('onBusy and onLost hold for a locker of another copy of the core', async () => {
  await using copy = await SecondCopy.load();
  const { createLocker, memoryStore } = copy.core;
  const store = memoryStore();
  await using mine = await createLocker({ store });
  await using other = await createLocker({ store });
  const reports = new Reports(mine);
  {
    await using _ = await other.acquire('report:daily');
    assert.equal(await reports.sendOrSkip('daily'), undefined);
    assert.equal(await reports.sendOrTell('daily'), 'report:daily is busy');
    assert.deepEqual(reports.sent, []);
  }
  const sent = await reports.sendAnyhow('daily', () => other.forceRelease('report:daily'));
  assert.equal(sent, 'daily');
});

test('a method and the callbacks of another copy of the core know each other', async () => {
  await using copy = await SecondCopy.load();
  const theirs = copy.core;
  await using locker = await theirs.createLocker({ store: theirs.memoryStore() });
  const reports = new Reports(locker);
  await reports.sendAnyhow('daily', async () => {
    const lock = currentLock();
    assert.equal(lock?.name, 'report:daily');
    assert.equal(theirs.currentLock(), lock);
    const once = { waitTimeout: 0, holdAtLeast: 1 };
    const token = await locker.using('report:daily', once, (inner) => inner.token);
    assert.equal(token, lock.token);
    await assert.rejects(locker.acquire('report:daily', { waitTimeout: 5 }), LockReentryError);
  });
  await locker.using('report:weekly', async (lock) => {
    assert.equal(currentLock(), lock);
    assert.equal(await reports.sendOrSkip('weekly'), 'weekly');
  });
});
