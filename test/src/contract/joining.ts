import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import {
  AcquireTimeoutError,
  assertLocked,
  currentLock,
  type Lock,
  LockLostError,
  LockReentryError,
  NotLockedError,
} from '@holdfast/core';
import { Gate } from '@holdfast/support';
import { told, until } from './patience.js';
import type { Promises } from './scene.js';

const IN_VAIN = { waitTimeout: 0 } as const;

export function joining(promises: Promises): void {
  promises('using within its own lock joins it', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    await mine.using('order:42', async (outer) => {
      const inner = await mine.using('order:42', IN_VAIN, (lock) => lock.token);
      assert.equal(inner, outer.token);
      const between = await mine.using('audit', () =>
        mine.using('order:42', IN_VAIN, ({ token }) => token),
      );
      assert.equal(between, outer.token);
      assert.ok(outer.held);
      assert.equal(await other.tryAcquire('order:42'), null);
    });
    await using free = await other.tryAcquire('order:42');
    assert.ok(free);
  });

  promises('using elsewhere, or of another locker, does not join', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    const gate = new Gate();
    gate.shut();
    const held = mine.using('order:42', () => gate.passed());
    await assert
      .rejects(
        mine.using('order:42', IN_VAIN, () => assert.fail('not to be called')),
        { code: 'ACQUIRE_TIMEOUT' },
      )
      .finally(() => gate.open());
    await held;
    await mine.using('order:42', async () => {
      const call = other.using('order:42', IN_VAIN, () => assert.fail('not to be called'));
      await assert.rejects(call, { code: 'ACQUIRE_TIMEOUT' });
    });
  });

  promises('the last callback under a lock gives it back', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    const gate = new Gate();
    gate.shut();
    let inner: Promise<unknown> | undefined;
    await mine.using('order:42', () => {
      inner = mine.using('order:42', async (lock) => {
        await gate.passed();
        return lock.held;
      });
    });
    assert.equal(await other.tryAcquire('order:42'), null);
    gate.open();
    assert.equal(await inner, true);
    await using free = await other.tryAcquire('order:42');
    assert.ok(free);
  });

  promises('a callback that joins has the ttl and the renewal that it asks for', async (scene) => {
    const locker = await scene.locker();
    await locker.using('order:42', { ttl: '2s', renew: false }, async (lock) => {
      assert.equal(await locker.using('order:42', { ttl: '10ms' }, ({ ttl }) => ttl), 2_000);
      assert.equal(await locker.using('order:42', { ttl: '3s' }, ({ ttl }) => ttl), 3_000);
      const renewed = told('holdfast:renewal', ({ outcome }) => outcome === 'renewed');
      await locker.using('order:42', { renew: true }, () => renewed);
      await until(() => lock.remaining < 1_400, 'nobody renews it any more');
      assert.ok(lock.held);
    });
  });

  promises('without re-entry it is an error that says where the lock is held', async (scene) => {
    const locker = await scene.locker();
    await locker.using('order:42', async (lock) => {
      const strict = locker.using('order:42', { reentrant: false }, () =>
        assert.fail('not to be called'),
      );
      await assert.rejects(strict, LockReentryError);
      assert.ok(lock.held);
    });
  });

  promises('a lock that was released by hand is taken anew', async (scene) => {
    const locker = await scene.locker();
    await locker.using('order:42', async (lock) => {
      await lock.release();
      assert.notEqual(await locker.using('order:42', ({ token }) => token), lock.token);
      await using again = await locker.acquire('order:42');
      assert.ok(again.held);
    });
  });

  promises('a callback under a lost lock does not begin', async (scene) => {
    const locker = await scene.locker();
    const outer = locker.using('order:42', { ttl: 300 }, async ({ signal }) => {
      await locker.forceRelease('order:42');
      await until(() => signal.aborted, 'it learns of the loss');
      await locker.using('order:42', () => assert.fail('not to be called'));
    });
    await assert.rejects(outer, LockLostError);
  });

  promises('acquire within its own lock is an error at once', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    await mine.using('order:42', async (lock) => {
      for (const options of [{ waitTimeout: '1s' }, { waitTimeout: Infinity }] as const) {
        await assert.rejects(mine.acquire('order:42', options), (error) => {
          assert.ok(error instanceof LockReentryError);
          assert.equal(error.lockName, 'order:42');
          assert.equal(error.heldBy, 'using');
          assert.match(error.message, /^acquire: .*"order:42".*using/);
          return true;
        });
      }
      assert.ok(lock.held);
      // Who does not wait does not wait for itself.
      assert.equal(await mine.tryAcquire('order:42'), null);
      await assert.rejects(mine.acquire('order:42', IN_VAIN), { code: 'ACQUIRE_TIMEOUT' });
      await assert.rejects(other.acquire('order:42', { waitTimeout: 500 }), {
        code: 'ACQUIRE_TIMEOUT',
      });
    });
  });

  promises('a wait for a block of one’s own names this very locker', async (scene) => {
    const locker = await scene.locker();
    await using lock = await locker.acquire('order:42');
    await assert.rejects(locker.acquire('order:42', { waitTimeout: 500 }), (error) => {
      assert.ok(error instanceof AcquireTimeoutError);
      assert.match(error.message, /this very locker/);
      assert.ok(error.holder?.kind === 'locker' && error.holder.self);
      assert.equal(error.holder.token, lock.token);
      return true;
    });
  });

  promises('work that outlives its callback waits for the lock as anybody', async (scene) => {
    const locker = await scene.locker();
    const gate = new Gate();
    gate.shut();
    let late: Promise<Lock> | undefined;
    await locker.using('order:42', () => {
      late = gate.passed().then(() => locker.acquire('order:42'));
    });
    gate.open();
    await using lock = await late;
    assert.ok(lock?.held);
  });

  promises('the lock of the running callback is there', async (scene) => {
    const locker = await scene.locker();
    assert.equal(currentLock(), undefined);
    assert.throws(() => assertLocked(), NotLockedError);
    const used = locker.using('order:42', async (lock) => {
      await turn();
      assert.equal(currentLock(), lock);
      await locker.using('order:43', (inner) => {
        assert.equal(assertLocked(), inner);
        assert.equal(assertLocked('order:42'), lock);
      });
      assert.throws(() => assertLocked('order:43'), { code: 'NOT_LOCKED', lockName: 'order:43' });
    });
    assert.equal(currentLock(), undefined);
    await used;
    assert.equal(currentLock(), undefined);
  });

  promises('a recursion without end fails, and gives the lock back', async (scene) => {
    const locker = await scene.locker();
    const forever = (): Promise<never> => locker.using('order:42', forever);
    await assert.rejects(forever(), { name: 'RangeError', message: /without end/ });
    await using free = await locker.tryAcquire('order:42');
    assert.ok(free);
  });
}
