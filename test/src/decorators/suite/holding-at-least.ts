import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { DiagnosticMessages, Locker } from '@holdfast/core';
import { Locked, UseLocker } from '@holdfast/decorators';
import type { Promises } from '../../contract/scene.js';

/** How long the lock is to be kept, in ms. */
const LEAST = 1_000;

/** The ways in which a method ends, each under a lock of its own. */
const ENDS = ['run', 'fail', 'runOnShortLease', 'outer'] as const;

class Job {
  readonly name: string;
  @UseLocker() readonly locker: Locker;

  constructor(locker: Locker, name: string) {
    this.locker = locker;
    this.name = name;
  }

  @Locked('job:{this.name}', { onBusy: 'skip', holdAtLeast: LEAST })
  async run(): Promise<string | undefined> {
    return 'done';
  }

  @Locked('job:{this.name}', { holdAtLeast: LEAST })
  async fail(): Promise<void> {
    throw new Error('failed');
  }

  /** The lease is shorter than the time it has to be kept, and nothing renews it by itself. */
  @Locked('job:{this.name}', { ttl: LEAST / 2, renew: false, holdAtLeast: LEAST })
  async runOnShortLease(): Promise<void> {}

  /** The lease is shorter, and renewed. */
  @Locked('job:{this.name}', { ttl: LEAST, holdAtLeast: 2.5 * LEAST })
  async runForLonger(): Promise<void> {}

  @Locked('job:{this.name}', { holdAtLeast: '1h' })
  async runForLong(): Promise<string> {
    return 'done';
  }

  @Locked('job:{this.name}')
  async outer(): Promise<void> {
    assert.equal(await this.run(), 'done');
  }
}

export function holdingAtLeast(promises: Promises): void {
  promises("the lock is kept behind the caller's back, however that ends", async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    const kept = async (end: (typeof ENDS)[number]): Promise<void> => {
      const name = `job:${end}`;
      const job = new Job(mine, end);
      // It is kept from its grant on, not from when the method came to run, which may be a while later.
      const called = performance.now();
      const since = (): number => performance.now() - called;
      if (end === 'fail') await assert.rejects(job.fail(), { message: 'failed' });
      else await job[end]();
      {
        await using lock = await other.tryAcquire(name);
        if (lock !== null) assert.ok(since() >= LEAST, `${end}: it was given back early`);
      }
      await using free = await other.acquire(name);
      assert.ok(free.held && since() >= LEAST, `${end}: ${since()} ms`);
    };
    await Promise.all(ENDS.map(kept));
  });

  promises('what is kept is busy for the methods of the same process, too', async (scene) => {
    const locker = await scene.locker();
    assert.equal(await new Job(locker, 'long').runForLong(), 'done');
    assert.equal(await new Job(locker, 'long').run(), undefined);
    assert.ok(await locker.forceRelease('job:long'));
  });

  promises('a crash would leave it until then, and not for longer', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    const job = new Job(mine, 'daily');
    let called = Infinity;
    /** When the lease would have ended, after each renewal. */
    const ends: number[] = [];
    const note = (message: unknown): void => {
      const { lockName, remaining } = message as DiagnosticMessages['holdfast:renewal'];
      if (lockName === 'job:daily') ends.push(performance.now() + remaining);
    };
    subscribe('holdfast:renewal', note);
    try {
      called = performance.now();
      await job.runForLonger();
      await (await other.acquire('job:daily')).release();
    } finally {
      unsubscribe('holdfast:renewal', note);
    }
    const [first = 0] = ends;
    assert.ok(first - called >= 2.5 * LEAST, `${first - called} ms`);
    // Renewed by the whole of its ttl, the lease would end as much later.
    const longer = Math.max(...ends) - first;
    assert.ok(longer <= LEAST / 2, `${longer} ms longer`);
  });

  promises('closing the locker leaves what is kept', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    assert.equal(await new Job(mine, 'long').runForLong(), 'done');
    assert.equal(await other.tryAcquire('job:long'), null);
    await mine.close();
    assert.equal(await other.tryAcquire('job:long'), null);
    assert.ok(await other.forceRelease('job:long'));
  });
}
