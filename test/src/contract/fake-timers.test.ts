/** Tests of applications fake the time: `mock.timers` here, `jest.useFakeTimers()` elsewhere. */
import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { AcquireTimeoutError, type Lock } from '@holdfast/core';
import { onEveryGround } from './grounds.js';
import { aborted, eventually, told } from './patience.js';

/** Without `setImmediate`, node-redis sends nothing. */
const TIMERS = ['setTimeout', 'setInterval', 'Date'] as const;

const { setImmediate: soon } = globalThis;

/** A real one, whatever is faked. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    soon(resolve);
  });
}

type Faked = readonly ((typeof TIMERS)[number] | 'setImmediate')[];

const YEAR = 365 * 24 * 3_600_000;

/** Runs a test of an application, with its time and without ours. */
async function faked<T>(apis: Faked, act: () => Promise<T> | T): Promise<T> {
  mock.timers.enable({ apis: [...apis], now: 0 });
  try {
    return await act();
  } finally {
    mock.timers.reset();
  }
}

async function renewedThrice(lock: Lock): Promise<void> {
  await told(
    'holdfast:renewal',
    ({ token, outcome }) => token === lock.token && outcome === 'renewed',
    3,
  );
  assert.equal(lock.held, true);
}

onEveryGround('fake timers', (promises) => {
  promises('a lock that a test left behind does not make the locker deaf', async (scene) => {
    const locker = await scene.locker();
    await faked(TIMERS, () => locker.acquire('left behind', { ttl: 300 }));
    // Its first renewal is due after that of the lock that was left behind.
    await using later = await locker.acquire('order:42', { ttl: 3_000 });
    await renewedThrice(later);
  });

  promises('a wait after a test that left a lock behind ends in its time', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    await using _ = await mine.acquire('order:42');
    await faked(TIMERS, () => other.acquire('left behind', { ttl: 300 }));
    const wait = other.acquire('order:42', { waitTimeout: 1_000 });
    await assert.rejects(eventually(wait, 'the wait ends'), AcquireTimeoutError);
  });

  promises(
    'a call that went astray under fake timers does not take the locker with it',
    async (scene) => {
      const [mine, other] = [
        await scene.locker({ commandTimeout: 2_000 }),
        await scene.locker({ commandTimeout: 2_000 }),
      ];
      await using lock = await mine.acquire('order:42', { ttl: '6s' });
      const left = await faked([...TIMERS, 'setImmediate'], async () => {
        const astray = mine.tryAcquire('order:43');
        // It is sent, or so the locker thinks.
        await turn();
        return { astray };
      });
      await using found = await eventually(left.astray, 'the call is answered');
      assert.ok(found?.held);
      await lock.renew();
      const waited = other.acquire('order:42');
      await scene.queued('order:42', 1);
      await lock.release();
      await using next = await eventually(waited, 'the lock is handed on');
      assert.ok(next.held);
    },
  );

  promises('a lease that began under fake timers ends at its deadline', async (scene) => {
    const locker = await scene.locker();
    const lock = await faked(TIMERS, () => locker.acquire('order:42', { ttl: 250, renew: false }));
    await aborted(lock.signal);
    await using next = await locker.acquire('order:42');
    assert.ok(next.fencingToken > lock.fencingToken);
  });

  promises('a crashed holder is found by who began to wait under fake timers', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    await mine.acquire('order:42', { ttl: 2_500, renew: false });
    const left = await faked(TIMERS, async () => {
      const waited = other.acquire('order:42');
      await scene.queued('order:42', 1);
      return { waited };
    });
    await using next = await eventually(left.waited, 'the lock of who is gone');
    assert.ok(next.held);
  });

  promises('a faked date takes no lock, forward or back', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    await using lock = await mine.acquire('order:42', { ttl: '5s' });
    await faked(['Date'], async () => {
      for (const now of [0, Date.UTC(2020, 1, 29), 100 * YEAR]) {
        mock.timers.setTime(now);
        assert.equal(lock.held, true, new Date().toISOString());
        assert.ok(lock.remaining > 0 && lock.remaining <= 5_000);
        await lock.renew();
        assert.equal(await other.tryAcquire('order:42'), null);
      }
      await using inside = await mine.acquire('order:43', { ttl: '5s' });
      mock.timers.setTime(200 * YEAR);
      assert.equal(inside.held, true);
      assert.equal(await other.tryAcquire('order:43'), null);
    });
    assert.equal(lock.held, true);
    await lock.renew();
  });

  promises('a lock is renewed while the timers are faked', async (scene) => {
    const locker = await scene.locker();
    await using lock = await locker.acquire('order:42', { ttl: 3_000 });
    // Their timer is real: it keeps the process alive as long as patience lasts.
    const renewed = renewedThrice(lock);
    await faked(TIMERS, () => renewed);
  });
});
