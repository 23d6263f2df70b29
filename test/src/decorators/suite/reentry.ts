import assert from 'node:assert/strict';
import type { Locker } from '@holdfast/core';
import { currentLock, Locked, LockReentryError, UseLocker } from '@holdfast/decorators';
import { Gate } from '@holdfast/support';
import type { Promises } from '../../contract/scene.js';

class Orders {
  @UseLocker() readonly locker: Locker;

  constructor(locker: Locker) {
    this.locker = locker;
  }

  @Locked('order:{0}')
  async under(_id: number, work: () => unknown): Promise<unknown> {
    return work();
  }

  @Locked('order:{0}', { waitTimeout: 0 })
  async token(_id: number): Promise<string | undefined> {
    return currentLock()?.token;
  }

  @Locked('order:{0}', { reentrant: false })
  async strict(_id: number, work: () => unknown): Promise<unknown> {
    return work();
  }

  @Locked('audit')
  async audited(work: () => unknown): Promise<unknown> {
    return work();
  }
}

export function reentry(promises: Promises): void {
  promises('a call under its own lock joins it', async (scene) => {
    const [orders, other] = [new Orders(await scene.locker()), await scene.locker()];
    await orders.under(42, async () => {
      const token = currentLock()?.token;
      assert.ok(token);
      assert.equal(await orders.token(42), token);
      assert.equal(await orders.under(42, () => orders.token(42)), token);
      assert.notEqual(await orders.token(43), token);
      assert.equal(await other.tryAcquire('order:42'), null);
    });
    await using free = await other.tryAcquire('order:42');
    assert.ok(free);
  });

  promises('it joins over other locks in between', async (scene) => {
    const orders = new Orders(await scene.locker());
    await orders.under(42, async () => {
      const token = currentLock()?.token;
      assert.equal(await orders.audited(() => orders.token(42)), token);
    });
  });

  promises('a call from elsewhere does not join', async (scene) => {
    const orders = new Orders(await scene.locker());
    const gate = new Gate();
    gate.shut();
    const first = orders.under(42, () => gate.passed());
    await assert.rejects(orders.token(42), { code: 'ACQUIRE_TIMEOUT' }).finally(() => gate.open());
    await first;
  });

  promises('the same name at another locker is another lock', async (scene) => {
    const mine = new Orders(await scene.locker({ keyPrefix: 'lock:mine:' }));
    const other = new Orders(await scene.locker({ keyPrefix: 'lock:other:' }));
    await mine.under(42, async () => {
      const token = await other.token(42);
      assert.ok(token);
      assert.notEqual(token, currentLock()?.token);
    });
  });

  promises('without re-entry it is an error at once, and the lock stays', async (scene) => {
    const orders = new Orders(await scene.locker());
    await orders.strict(42, async () => {
      await assert.rejects(
        orders.strict(42, () => assert.fail('not to be called')),
        (error) => {
          assert(error instanceof LockReentryError);
          assert.equal(error.code, 'LOCK_REENTRY');
          assert.equal(error.lockName, 'order:42');
          assert.match(error.message, /Orders\.strict/);
          return true;
        },
      );
      assert.equal(currentLock()?.held, true);
      assert.equal(await orders.strict(43, () => 'another lock'), 'another lock');
    });
  });

  promises('a call that joined and outlives the first keeps the lock', async (scene) => {
    const [orders, other] = [new Orders(await scene.locker()), await scene.locker()];
    const gate = new Gate();
    gate.shut();
    let inner: Promise<unknown> | undefined;
    await orders.under(42, () => {
      inner = orders.under(42, () => gate.passed().then(() => currentLock()?.held));
    });
    assert.equal(await other.tryAcquire('order:42'), null);
    gate.open();
    assert.equal(await inner, true);
    await using free = await other.tryAcquire('order:42');
    assert.ok(free);
  });

  promises('work that outlives its call does not join any more', async (scene) => {
    const orders = new Orders(await scene.locker());
    const gate = new Gate();
    gate.shut();
    let late: Promise<unknown> | undefined;
    const token = await orders.under(42, () => {
      late = gate.passed().then(() => orders.token(42));
      return currentLock()?.token;
    });
    gate.open();
    const lateToken = await late;
    assert.ok(lateToken);
    assert.notEqual(lateToken, token);
  });

  promises('a lock that was released by hand is not joined', async (scene) => {
    const orders = new Orders(await scene.locker());
    await orders.under(42, async () => {
      const lock = currentLock();
      await lock?.release();
      assert.notEqual(await orders.token(42), lock?.token);
    });
  });
}
