import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { DiagnosticMessages, Locker } from '@holdfast/core';
import { Locked, UseLocker } from '@holdfast/decorators';
import { told } from '../../contract/patience.js';
import type { Promises } from '../../contract/scene.js';

/** How long the lock is to be kept, in ms. */
const LEAST = 400;

class Job {
  readonly started: number[] = [];
  @UseLocker() readonly locker: Locker;

  constructor(locker: Locker) {
    this.locker = locker;
  }

  @Locked('job:daily', { onBusy: 'skip', holdAtLeast: LEAST })
  async run(): Promise<string | undefined> {
    this.started.push(performance.now());
    return 'done';
  }

  @Locked('job:daily', { holdAtLeast: LEAST })
  async fail(): Promise<void> {
    this.started.push(performance.now());
    throw new Error('failed');
  }

  /** The lease is shorter than the time it has to be kept, and nothing renews it by itself. */
  @Locked('job:daily', { ttl: LEAST / 4, renew: false, holdAtLeast: LEAST })
  async runOnShortLease(): Promise<void> {
    this.started.push(performance.now());
  }

  /** The lease is shorter, and renewed. */
  @Locked('job:daily', { ttl: 2 * LEAST, holdAtLeast: 5 * LEAST })
  async runForLonger(): Promise<void> {
    this.started.push(performance.now());
  }

  @Locked('job:long', { holdAtLeast: '1h' })
  async runForLong(): Promise<string> {
    return 'done';
  }

  @Locked('job:daily')
  async outer(): Promise<void> {
    assert.equal(await this.run(), 'done');
  }
}

export function holdingAtLeast(promises: Promises): void {
  const KEPT = ['run', 'fail', 'runOnShortLease', 'outer'] as const;
  for (const method of KEPT) {
    promises(`the lock is kept behind the caller's back: ${method}`, async (scene) => {
      const [mine, other] = [await scene.locker(), await scene.locker()];
      const job = new Job(mine);
      const released = told('holdfast:release', ({ lockName }) => lockName === 'job:daily');
      if (method === 'fail') await assert.rejects(job.fail(), { message: 'failed' });
      else await job[method]();
      assert.equal(await other.tryAcquire('job:daily'), null);
      assert.equal(await new Job(mine).run(), undefined);
      await released;
      const [started = Infinity] = job.started;
      assert.ok(performance.now() - started >= LEAST, `${performance.now() - started} ms`);
      await using free = await other.tryAcquire('job:daily');
      assert.ok(free);
    });
  }

  promises('a crash would leave it until then, and not for longer', async (scene) => {
    const job = new Job(await scene.locker());
    /** When the lease would have ended, after each renewal. */
    const ends: number[] = [];
    const note = (message: unknown): void => {
      const { lockName, remaining } = message as DiagnosticMessages['holdfast:renewal'];
      if (lockName === 'job:daily') ends.push(performance.now() + remaining);
    };
    subscribe('holdfast:renewal', note);
    try {
      const released = told('holdfast:release', ({ lockName }) => lockName === 'job:daily');
      await job.runForLonger();
      await released;
    } finally {
      unsubscribe('holdfast:renewal', note);
    }
    const [started = 0] = job.started;
    const [first = 0] = ends;
    assert.ok(first - started >= 5 * LEAST, `${first - started} ms`);
    // Renewed by the whole of its ttl, the lease would end three times as much later.
    const longer = Math.max(...ends) - first;
    assert.ok(longer <= LEAST, `${longer} ms longer`);
  });

  promises('closing the locker leaves what is kept', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    assert.equal(await new Job(mine).runForLong(), 'done');
    assert.equal(await other.tryAcquire('job:long'), null);
    await mine.close();
    assert.equal(await other.tryAcquire('job:long'), null);
    assert.ok(await other.forceRelease('job:long'));
  });
}
