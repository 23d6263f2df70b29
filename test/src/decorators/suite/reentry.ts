import assert from 'node:assert/strict';
import { type Locker, LockLostError } from '@holdfast/core';
import { currentLock, Locked, LockReentryError, UseLocker } from '@holdfast/decorators';
import { Gate } from '@holdfast/support';
import { told, until } from '../../contract/patience.js';
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

  /** Its lock ends by itself. */
  @Locked('order:{0}', { ttl: '2s', renew: false })
  async briefly(_id: number, work: () => unknown): Promise<unknown> {
    return work();
  }

  @Locked('order:{0}', { ttl: '1m' })
  async longer(_id: number): Promise<number | undefined> {
    return currentLock()?.toJSON().ttl;
  }

  @Locked('order:{0}', '10ms')
  async shorter(_id: number): Promise<number | undefined> {
    return currentLock()?.toJSON().ttl;
  }

  @Locked('order:{0}', '2s')
  async asLong(_id: number): Promise<number | undefined> {
    return currentLock()?.remaining;
  }

  @Locked('order:{0}', { renew: true })
  async renewed(_id: number, work: () => unknown): Promise<unknown> {
    return work();
  }

  @Locked('order:{0}', { signal: 1 })
  async unless(_id: number, _signal: AbortSignal): Promise<void> {
    assert.fail('not to be called');
  }

  @Locked('order:{0}')
  async forever(id: number): Promise<never> {
    return this.forever(id);
  }

  @Locked('order:{0}')
  foreverAtOnce(id: number): Promise<never> {
    return this.foreverAtOnce(id);
  }

  @Locked('order:{0}')
  async deep(id: number, levels: number): Promise<number> {
    return levels === 0 ? 0 : 1 + (await this.deep(id, levels - 1));
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

  promises(
    'without re-entry it is taken anew, too, when it was released by hand',
    async (scene) => {
      const orders = new Orders(await scene.locker());
      await orders.strict(42, async () => {
        const lock = currentLock();
        await lock?.release();
        assert.notEqual(await orders.strict(42, () => currentLock()?.token), lock?.token);
      });
    },
  );

  promises('a call whose signal was aborted does not join', async (scene) => {
    const orders = new Orders(await scene.locker());
    const reason = new Error('the client has gone');
    await orders.under(42, async () => {
      const call = orders.unless(42, AbortSignal.abort(reason));
      await assert.rejects(call, (error) => error === reason);
      assert.equal(currentLock()?.held, true);
    });
  });

  promises(
    'a call that joins has its ttl: the lease is extended, never shortened',
    async (scene) => {
      const orders = new Orders(await scene.locker());
      await orders.under(42, async () => {
        assert.equal(await orders.shorter(42), 30_000);
        assert.equal(await orders.longer(42), 60_000);
        assert.equal(await orders.longer(42), 60_000);
        const { remaining = 0 } = currentLock() ?? {};
        assert.ok(remaining > 30_000, `${remaining} ms`);
      });
    },
  );

  promises('a call that joins a lock which ends soon has its ttl, too', async (scene) => {
    const orders = new Orders(await scene.locker());
    await orders.briefly(42, async () => {
      await until(() => (currentLock()?.remaining ?? 0) < 990, 'half of the ttl has passed');
      const remaining = (await orders.asLong(42)) ?? 0;
      assert.ok(remaining > 1_000, `${remaining} ms`);
    });
  });

  promises(
    'a call that joins and wants renewal has it, and no longer than itself',
    async (scene) => {
      const orders = new Orders(await scene.locker());
      const renewal = (): Promise<unknown> =>
        told('holdfast:renewal', ({ lockName, outcome }) => {
          return lockName === 'order:42' && outcome === 'renewed';
        });
      await orders
        .briefly(42, async () => {
          await orders.renewed(42, renewal);
          await orders.renewed(42, renewal);
          const lost = told('holdfast:loss', ({ lockName }) => lockName === 'order:42');
          assert.equal((await lost).reason, 'expired');
        })
        .then(
          () => assert.fail('It did not reject.'),
          (error: unknown) => assert(error instanceof LockLostError),
        );
    },
  );

  for (const method of ['forever', 'foreverAtOnce'] as const) {
    promises(`a recursion without end fails, and gives the lock back: ${method}`, async (scene) => {
      const [orders, other] = [new Orders(await scene.locker()), await scene.locker()];
      await assert.rejects(orders[method](42), { name: 'RangeError', message: /without end/ });
      await using free = await other.tryAcquire('order:42');
      assert.ok(free);
    });
  }

  promises('a recursion may be deeper than a stack is', async (scene) => {
    const orders = new Orders(await scene.locker());
    assert.equal(await orders.deep(42, 3_000), 3_000);
  });

  promises('calls that start each other, one after the other, are no recursion', async (scene) => {
    const orders = new Orders(await scene.locker());
    let count = 0;
    await new Promise<void>((resolve) => {
      const next = async (): Promise<void> => {
        await Promise.resolve();
        count += 1;
        if (count === 12_000) resolve();
        else void orders.under(42, next);
      };
      void orders.under(42, next);
    });
    await using _lock = await orders.locker.acquire('order:42');
  });
}
