import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Lock, Locker } from '@holdfast/core';
import { stall } from './patience.js';
import type { Promises } from './scene.js';

/** How long the lock is to be kept, in ms. */
const LEAST = 1_000;
/** Far longer than any test takes. */
const LONG = '1h';

/** The ways in which an owner ends its lock. */
const ENDS: Readonly<Record<string, (locker: Locker, name: string) => Promise<void>>> = {
  'the end of a block': async (locker, name) => {
    await using _ = await locker.acquire(name, { holdAtLeast: LEAST });
  },
  'release by hand': async (locker, name) => {
    const lock = await locker.acquire(name, { holdAtLeast: LEAST });
    await lock.release();
    assert.equal(lock.held, false);
    assert.equal(lock.signal.aborted, false);
    await lock.release();
    await assert.rejects(lock.renew(), { code: 'LOCK_LOST', reason: 'released' });
    assert.throws(() => lock.handOver(), { code: 'LOCK_LOST', reason: 'released' });
  },
  'a lock that was only tried': async (locker, name) => {
    await using lock = await locker.tryAcquire(name, { holdAtLeast: LEAST });
    assert.ok(lock);
  },
  'a callback': (locker, name) => locker.using(name, { holdAtLeast: LEAST }, () => {}),
  'a callback that fails': async (locker, name) => {
    const failing = locker.using(name, { holdAtLeast: LEAST }, () => {
      throw new Error('failed');
    });
    await assert.rejects(failing, { message: 'failed' });
  },
  'a callback that joined': (locker, name) =>
    locker.using(name, () => locker.using(name, { holdAtLeast: LEAST }, () => {})),
  'a lease that is shorter, and not renewed': async (locker, name) => {
    const options = { ttl: LEAST / 2, renew: false, holdAtLeast: LEAST };
    await using _ = await locker.acquire(name, options);
  },
};

export function holdingAtLeast(promises: Promises): void {
  promises("the lock is kept behind its owner's back, however that ends", async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    const kept = async ([name, run]: [string, (typeof ENDS)[string]]): Promise<void> => {
      const start = performance.now();
      const since = (): number => performance.now() - start;
      await run(mine, name);
      for (const locker of [mine, other]) {
        await using lock = await locker.tryAcquire(name);
        if (lock !== null) assert.ok(since() >= LEAST, `${name}: it was given back early`);
      }
      await using free = await other.acquire(name);
      assert.ok(free.held && since() >= LEAST, `${name}: ${since()} ms`);
    };
    await Promise.all(Object.entries(ENDS).map(kept));
  });

  promises('a waiter gets it when its time is over, at once', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    const start = performance.now();
    await mine.using('job', { holdAtLeast: LEAST }, () => {});
    await using next = await other.acquire('job');
    assert.ok(next.held);
    assert.ok(performance.now() - start >= LEAST);
  });

  promises('a lock that is held for longer is given back as any other', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    {
      await using _ = await mine.acquire('job', { holdAtLeast: 1 });
      stall(2);
    }
    await using free = await other.tryAcquire('job');
    assert.ok(free);
  });

  promises('close leaves what is kept at the server', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    await mine.using('job', { ttl: 900, holdAtLeast: LONG }, () => {});
    await mine.close();
    await stays(other, 900);
  });

  promises('close leaves what was to be kept, and tells who works under it', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    const lock = await mine.acquire('job', { ttl: 900, holdAtLeast: LONG });
    const { signal } = lock;
    await mine.close();
    assert.equal(lock.held, false);
    assert.equal((signal.reason as { reason: unknown }).reason, 'closed');
    await assert.rejects(lock.release(), { code: 'LOCK_LOST', reason: 'closed' });
    await stays(other, 900);
  });

  promises('close gives back what was kept for long enough', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    await mine.acquire('job', { holdAtLeast: 1 });
    stall(2);
    await mine.close();
    await using free = await other.tryAcquire('job');
    assert.ok(free);
  });

  promises('a forced release ends it, and is no loss to who was done with it', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    const losses: unknown[] = [];
    const note = (message: unknown): unknown => losses.push(message);
    subscribe('holdfast:loss', note);
    try {
      await mine.using('job', { holdAtLeast: LEAST }, () => {});
      assert.ok(await other.forceRelease('job'));
      await using lock = await other.acquire('job');
      assert.ok(lock.held);
      assert.deepEqual(losses, []);
    } finally {
      unsubscribe('holdfast:loss', note);
    }
  });

  promises(
    'a lock that was lost is not kept, and whoever worked under it is told',
    async (scene) => {
      const [mine, other] = [await scene.locker(), await scene.locker()];
      const lost = { code: 'LOCK_LOST', reason: 'taken' };
      let next: Lock | undefined;
      const take = async (): Promise<void> => {
        assert.ok(await other.forceRelease('job'));
        next = await other.acquire('job');
      };
      await assert.rejects(mine.using('job', { holdAtLeast: LONG }, take), lost);
      await next?.release();
      const lock = await mine.acquire('job', { ttl: '1h', holdAtLeast: '1m' });
      await take();
      await assert.rejects(lock.release(), lost);
      await next?.release();
    },
  );

  promises('what is handed over is kept by nobody', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    const lock = await mine.acquire('job', { holdAtLeast: LONG });
    const adopted: Lock = await other.adopt(lock.handOver());
    await adopted.release();
    await using free = await mine.tryAcquire('job');
    assert.ok(free);
  });
}

/** Still held when the lease that it had at first is over. */
async function stays(other: Locker, ttl: number): Promise<void> {
  await assert.rejects(other.acquire('job', { waitTimeout: ttl * 1.5 }), {
    code: 'ACQUIRE_TIMEOUT',
  });
  assert.ok(await other.forceRelease('job'));
}
