import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as pause, setImmediate as turn } from 'node:timers/promises';
import type { Locker } from '@holdfast/core';
import { assertLocked, currentLock, Locked, NotLockedError, UseLocker } from '@holdfast/decorators';
import { aborted } from '../../contract/patience.js';
import type { Promises } from '../../contract/scene.js';

class Orders {
  @UseLocker() readonly locker: Locker;

  constructor(locker: Locker) {
    this.locker = locker;
  }

  @Locked('order:{0}', '10s')
  async under(_id: number, work: () => unknown): Promise<unknown> {
    return work();
  }

  /** Learns soon that its lock was taken: at the first renewal. */
  @Locked('order:{0}', 900)
  async briefly(_id: number, work: () => unknown): Promise<unknown> {
    return work();
  }
}

function nameNow(): string | undefined {
  return currentLock()?.name;
}

export function inside(promises: Promises): void {
  promises(
    'the lock of the running call is there, with its signal and fencing token',
    async (scene) => {
      const orders = new Orders(await scene.locker());
      let last = 0;
      for (const _ of ['first', 'second']) {
        await orders.under(42, () => {
          const lock = assertLocked();
          assert.equal(lock, currentLock());
          assert.equal(lock.name, 'order:42');
          assert.equal(lock.signal.aborted, false);
          assert.ok(lock.fencingToken > last);
          last = lock.fencingToken;
        });
      }
    },
  );

  promises('the innermost lock is the current one', async (scene) => {
    const orders = new Orders(await scene.locker());
    await orders.under(1, async () => {
      assert.equal(nameNow(), 'order:1');
      await orders.under(2, async () => {
        assert.equal(nameNow(), 'order:2');
        assert.equal(await orders.under(1, nameNow), 'order:1');
      });
      assert.equal(nameNow(), 'order:1');
    });
  });

  promises('it is there in timers, streams and promise chains', async (scene) => {
    const orders = new Orders(await scene.locker());
    const seen = await orders.under(42, async () => {
      const names: (string | undefined)[] = [];
      const see = (): unknown => names.push(nameNow());
      await new Promise((resolve) => setTimeout(() => resolve(see()), 1));
      await new Promise((resolve) => setImmediate(() => resolve(see())));
      await new Promise((resolve) => process.nextTick(() => resolve(see())));
      await Promise.resolve().then(see).then(see);
      queueMicrotask(see);
      await turn();
      await pipeline(Readable.from(['a', 'b']), async (source) => {
        for await (const _ of source) see();
      });
      return names;
    });
    assert.deepEqual(seen, Array(8).fill('order:42'));
  });

  promises('concurrent calls each see their own', async (scene) => {
    const orders = new Orders(await scene.locker());
    const ids = Array.from({ length: 20 }, (_, index) => index);
    const calls = ids.map((id) =>
      orders.under(id, async () => {
        await turn();
        return nameNow();
      }),
    );
    assert.deepEqual(
      await Promise.all(calls),
      ids.map((id) => `order:${id}`),
    );
  });

  promises('it does not leak to the caller, before, meanwhile or after', async (scene) => {
    const orders = new Orders(await scene.locker());
    assert.equal(nameNow(), undefined);
    const call = orders.under(42, () => pause(1));
    assert.equal(nameNow(), undefined);
    await call.then(() => assert.equal(nameNow(), undefined));
    assert.equal(nameNow(), undefined);
  });

  promises('a timer that outlives the call is outside, or in the call around it', async (scene) => {
    const orders = new Orders(await scene.locker());
    const lateName = (): Promise<string | undefined> =>
      new Promise((resolve) => setTimeout(() => resolve(nameNow()), 30));
    let alone: Promise<unknown> | undefined;
    let around: Promise<unknown> | undefined;
    await orders.under(1, () => {
      alone = lateName();
    });
    await orders.under(1, async () => {
      await orders.under(2, () => {
        around = lateName();
      });
      assert.equal(await around, 'order:1');
    });
    assert.equal(await alone, undefined);
  });

  promises('a call that outlives the one around it is inside its own alone', async (scene) => {
    const orders = new Orders(await scene.locker());
    let inner: Promise<unknown> | undefined;
    await orders.under(1, async () => {
      await new Promise<void>((started) => {
        inner = orders.under(2, async () => {
          started();
          assert.equal(assertLocked('order:1').name, 'order:1');
          await pause(20);
          assert.throws(() => assertLocked('order:1'), NotLockedError);
          return nameNow();
        });
      });
    });
    assert.equal(await inner, 'order:2');
  });

  promises('waiting for the lock is outside', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    const orders = new Orders(mine);
    const lock = await other.acquire('order:1');
    const waiting = orders.under(1, nameNow);
    await scene.queued('order:1', 1);
    assert.equal(nameNow(), undefined);
    await lock.release();
    assert.equal(await waiting, 'order:1');
  });

  promises('assertLocked throws outside, and under other locks', async (scene) => {
    const orders = new Orders(await scene.locker());
    assert.throws(() => assertLocked(), NotLockedError);
    assert.throws(() => assertLocked('order:1'), {
      name: 'NotLockedError',
      code: 'NOT_LOCKED',
      lockName: 'order:1',
    });
    await orders.under(1, async () => {
      assert.equal(assertLocked('order:1').name, 'order:1');
      assert.throws(() => assertLocked('order:2'), NotLockedError);
      await orders.under(2, () => {
        assert.equal(assertLocked().name, 'order:2');
        assert.equal(assertLocked('order:1').name, 'order:1');
      });
    });
  });

  promises('assertLocked throws under a lock that was lost or released by hand', async (scene) => {
    const [orders, other] = [new Orders(await scene.locker()), await scene.locker()];
    const call = orders.briefly(1, async () => {
      const lock = assertLocked();
      await other.forceRelease('order:1');
      await aborted(lock.signal);
      assert.throws(() => assertLocked(), { code: 'LOCK_LOST', reason: 'gone' });
    });
    await assert.rejects(call, { code: 'LOCK_LOST' });
    await orders.under(1, async () => {
      await currentLock()?.release();
      assert.equal(currentLock()?.held, false);
      assert.throws(() => assertLocked(), NotLockedError);
    });
  });
}
