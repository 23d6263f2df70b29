import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { createLocker, type Locker, memoryStore } from '@holdfast/core';
import type * as decorators from '@holdfast/decorators';
import { Locked, setDefaultLocker } from '@holdfast/decorators';
import { type Copy, copyOf } from '../faults/second-copy.js';

type Decorators = typeof decorators;

suite('with two copies of the decorators in one process', () => {
  let copy: Copy<Decorators>;
  let theirs: Decorators;
  before(async () => {
    copy = await copyOf<Decorators>('@holdfast/decorators');
    theirs = copy.exports;
    assert.notEqual(theirs.Locked, Locked);
  });
  after(() => copy[Symbol.asyncDispose]());

  test('the default locker that was set in one is that of the other, until it is taken back', async () => {
    class Reports {
      @Locked('report')
      async send(): Promise<string> {
        return 'sent';
      }

      @theirs.Locked('report', { onBusy: 'skip' })
      async sendElsewhere(): Promise<string | undefined> {
        return 'sent';
      }
    }
    const reports = new Reports();
    const store = memoryStore();
    await using locker: Locker = await createLocker({ store });
    await using other = await createLocker({ store });
    setDefaultLocker(locker);
    {
      await using _ = await other.acquire('report');
      assert.equal(await reports.sendElsewhere(), undefined);
    }
    assert.equal(await reports.sendElsewhere(), 'sent');
    theirs.setDefaultLocker(undefined);
    await assert.rejects(reports.send(), { name: 'TypeError', message: /there is no locker/ });
  });
});
