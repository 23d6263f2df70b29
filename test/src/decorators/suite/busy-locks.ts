import assert from 'node:assert/strict';
import { AcquireTimeoutError, type Locker } from '@holdfast/core';
import { Locked, SKIPPED, type Skipped, UseLocker } from '@holdfast/decorators';
import type { Promises } from '../../contract/scene.js';

class Reports {
  readonly sent: string[] = [];
  @UseLocker() readonly locker: Locker;

  constructor(locker: Locker) {
    this.locker = locker;
  }

  @Locked('report:{0}', { waitTimeout: 0 })
  async send(id: string): Promise<string> {
    this.sent.push(id);
    return id;
  }

  @Locked('report:{0}', { onBusy: 'skip' })
  async sendOrSkip(id: string): Promise<string | undefined> {
    return this.send(id);
  }

  @Locked('report:{0}', { onBusy: SKIPPED })
  async sendAndSay(id: string): Promise<void | Skipped> {
    await this.send(id);
  }

  @Locked('report:{0}', {
    onBusy(this: Reports, error: AcquireTimeoutError, id: string) {
      return { lockName: error.lockName, id, sent: this.sent };
    },
  })
  async sendOrTell(id: string): Promise<unknown> {
    return this.send(id);
  }

  @Locked('report:{0}', {
    waitTimeout: 500,
    onBusy: (error: AcquireTimeoutError): never => {
      throw new RangeError('try later', { cause: error });
    },
  })
  async sendOrRefuse(id: string): Promise<string> {
    return this.send(id);
  }

  @Locked('report:{0}', { waitTimeout: '1m', signal: 1, onBusy: 'skip' })
  async sendBefore(id: string, _signal: AbortSignal): Promise<string | undefined> {
    return this.send(id);
  }

  @Locked('report:{0}', { waitTimeout: '1m', signal: 1, onBusy: () => 'busy' })
  async sendBeforeOrTell(id: string, _signal: AbortSignal): Promise<string> {
    return this.send(id);
  }

  @Locked('outer:{0}', { onBusy: 'skip' })
  async sendInside(id: string): Promise<string | undefined> {
    return this.send(id);
  }
}

export function busyLocks(promises: Promises): void {
  promises('a busy lock rejects the call with the error of the core', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    await using _lock = await other.acquire('report:daily');
    const reports = new Reports(mine);
    await assert.rejects(reports.send('daily'), (error) => {
      assert(error instanceof AcquireTimeoutError);
      assert.equal(error.lockName, 'report:daily');
      return true;
    });
    assert.deepEqual(reports.sent, []);
  });

  promises('skip resolves with undefined, without waiting', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    const lock = await other.acquire('report:daily');
    const reports = new Reports(mine);
    assert.equal(await reports.sendOrSkip('daily'), undefined);
    assert.deepEqual(reports.sent, []);
    await lock.release();
    assert.equal(await reports.sendOrSkip('daily'), 'daily');
  });

  promises('SKIPPED tells a call that was skipped from one that ran', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    const lock = await other.acquire('report:daily');
    const reports = new Reports(mine);
    assert.equal(await reports.sendAndSay('daily'), SKIPPED);
    assert.deepEqual(reports.sent, []);
    await lock.release();
    assert.equal(await reports.sendAndSay('daily'), undefined);
    assert.deepEqual(reports.sent, ['daily']);
  });

  promises(
    'a function supplies the result from this, the error and the arguments',
    async (scene) => {
      const [mine, other] = [await scene.locker(), await scene.locker()];
      await using _lock = await other.acquire('report:daily');
      const reports = new Reports(mine);
      const expected = { lockName: 'report:daily', id: 'daily', sent: reports.sent };
      assert.deepEqual(await reports.sendOrTell('daily'), expected);
      assert.equal(await reports.sendOrTell('weekly'), 'weekly');
    },
  );

  promises('what the function throws is what the call rejects with', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    await using _lock = await other.acquire('report:daily');
    await assert.rejects(new Reports(mine).sendOrRefuse('daily'), (error) => {
      assert(error instanceof RangeError);
      assert(error.cause instanceof AcquireTimeoutError);
      assert.ok(error.cause.waited >= 499);
      return true;
    });
  });

  promises('a busy lock inside the method is an error of the method', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    await using _lock = await other.acquire('report:daily');
    await assert.rejects(new Reports(mine).sendInside('daily'), { lockName: 'report:daily' });
  });

  promises('the reason of a signal is no busy lock, whatever it is', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    const lock = await other.acquire('report:daily');
    const reports = new Reports(mine);
    const reason = new AcquireTimeoutError('another', 5, 5);
    const controller = new AbortController();
    const { signal } = controller;
    const calls = [reports.sendBefore('daily', signal), reports.sendBeforeOrTell('daily', signal)];
    const rejected = calls.map((call) => assert.rejects(call, (error) => error === reason));
    await scene.queued('report:daily', 2);
    controller.abort(reason);
    await Promise.all(rejected);
    await lock.release();
    await assert.rejects(reports.sendBefore('daily', signal), (error) => error === reason);
  });

  promises('only a busy lock is busy: a closed locker is an error', async (scene) => {
    const locker = await scene.locker();
    await locker.close();
    const reports = new Reports(locker);
    const calls = [reports.sendOrSkip('daily'), reports.sendOrTell('daily')];
    await Promise.all(calls.map((call) => assert.rejects(call, { code: 'LOCKER_CLOSED' })));
  });
}
