import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import type { Locker } from '@holdfast/core';
import { currentLock, Locked, UseLocker } from '@holdfast/decorators';
import { told } from '../../contract/patience.js';
import type { Promises } from '../../contract/scene.js';

/** What is wrong, and what the message has to name. */
const WRONG: readonly [unknown, typeof TypeError | typeof RangeError, RegExp][] = [
  [null, TypeError, /the options are null/],
  [[], TypeError, /the options are an array/],
  ['5 parsecs', TypeError, /ttl: '5 parsecs' is not a duration/],
  [{ ttl: null }, TypeError, /ttl: null/],
  [{ ttl: 9 }, RangeError, /ttl: 9/],
  [{ ttl: 2 ** 31 }, RangeError, /ttl/],
  [{ ttl: Infinity }, RangeError, /ttl: Infinity/],
  [{ waitTimeout: -1 }, RangeError, /waitTimeout: -1/],
  [{ waitTimeout: 'soon' }, TypeError, /waitTimeout: 'soon'/],
  [{ holdAtLeast: 1.5 }, RangeError, /holdAtLeast: 1\.5/],
  [{ holdAtLeast: '-1s' }, TypeError, /holdAtLeast: '-1s'/],
  [{ maxHold: 0 }, RangeError, /maxHold: 0/],
  [{ warnAfter: 'soon' }, TypeError, /warnAfter: 'soon'/],
  [{ maxWaiting: 0 }, RangeError, /maxWaiting: 0 is not a whole number from 1/],
  [{ maxWaiting: '3' }, TypeError, /maxWaiting: '3' is not a number of callers/],
  [{ onOutage: 'retry' }, TypeError, /onOutage: 'retry' is not one of throw, wait/],
  [{ renew: 'yes' }, TypeError, /renew: 'yes' is not a boolean/],
  [{ reentrant: 1 }, TypeError, /reentrant: 1 is not a boolean/],
  [{ onBusy: 'wait' }, TypeError, /onBusy: 'wait' is not one of throw, skip, SKIPPED, a function/],
  [
    { onBusy: 'function' },
    TypeError,
    /onBusy: 'function' is not one of throw, skip, SKIPPED, a function/,
  ],
  [{ onLost: 'skip' }, TypeError, /onLost: 'skip' is not one of throw, ignore/],
  [{ signal: -1 }, TypeError, /signal: -1 is neither/],
  [{ signal: AbortSignal.abort() }, TypeError, /signal: an object/],
  [{ locker: 'redis://' }, TypeError, /the option 'locker' is 'redis:/],
  [{ group: '' }, TypeError, /group: an empty string is not a word/],
  [{ locker: {} }, TypeError, /the option 'locker' is an object/],
  [{ waitTimout: 0 }, TypeError, /no option 'waitTimout'; there are ttl, waitTimeout, /],
];

export function options(promises: Promises): void {
  promises('a ttl in the place of the options, or among them', async (scene) => {
    const mine = await scene.locker();
    class Service {
      @UseLocker() readonly locker = mine;

      @Locked('order:42', '7s')
      async short(): Promise<number | undefined> {
        return currentLock()?.toJSON().ttl;
      }

      @Locked('order:42', { ttl: '1.5m' })
      async long(): Promise<number | undefined> {
        return currentLock()?.toJSON().ttl;
      }

      @Locked('order:42')
      async default(): Promise<number | undefined> {
        return currentLock()?.toJSON().ttl;
      }
    }
    const service = new Service();
    assert.equal(await service.short(), 7_000);
    assert.equal(await service.long(), 90_000);
    assert.equal(await service.default(), 30_000);
  });

  promises('what is left out is the default of the locker', async (scene) => {
    const mine = await scene.locker({ ttl: '5s', waitTimeout: 0 });
    class Service {
      @UseLocker() readonly locker = mine;

      @Locked('order:42')
      async work(): Promise<number | undefined> {
        return currentLock()?.toJSON().ttl;
      }
    }
    assert.equal(await new Service().work(), 5_000);
    await using _lock = await mine.acquire('order:42');
    await assert.rejects(new Service().work(), { code: 'ACQUIRE_TIMEOUT' });
  });

  promises('the lock is renewed while the method runs', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    class Service {
      @UseLocker() readonly locker = mine;

      @Locked('order:42', 600)
      async work(): Promise<unknown> {
        await told('holdfast:renewal', ({ outcome }) => outcome === 'renewed', 4);
        return other.tryAcquire('order:42');
      }
    }
    assert.equal(await new Service().work(), null);
  });

  promises('without renewal the lease ends in the middle of the method', async (scene) => {
    const mine = await scene.locker();
    class Service {
      @UseLocker() readonly locker = mine;

      @Locked('order:42', { ttl: 50, renew: false, onLost: 'ignore' })
      async work(): Promise<unknown> {
        await told('holdfast:loss', () => true);
        return currentLock()?.held;
      }
    }
    assert.equal(await new Service().work(), false);
  });

  const signalled = (locker: Locker) => {
    class Service {
      @UseLocker() readonly locker = locker;

      @Locked('order:{0}', { signal: 1 })
      async byIndex(_id: number, _signal?: AbortSignal): Promise<string> {
        return 'done';
      }

      @Locked('order:{0}', {
        signal: (_id: number, context: { readonly signal?: AbortSignal }) => context.signal,
      })
      async byFunction(_id: number, _context: { readonly signal?: AbortSignal }): Promise<string> {
        return 'done';
      }
    }
    return new Service();
  };

  promises('a signal among the arguments ends the waiting with its reason', async (scene) => {
    const mine = await scene.locker();
    const service = signalled(mine);
    const lock = await mine.acquire('order:42');
    const controller = new AbortController();
    const { signal } = controller;
    const calls = [service.byIndex(42, signal), service.byFunction(42, { signal })];
    const reason = new Error('the client has gone');
    const rejected = calls.map((call) => assert.rejects(call, (error) => error === reason));
    await scene.queued('order:42', 2);
    controller.abort(reason);
    await Promise.all(rejected);
    await lock.release();
    assert.equal(await service.byIndex(42), 'done');
    assert.equal(await service.byFunction(42, {}), 'done');
    await assert.rejects(service.byIndex(42, AbortSignal.abort(reason)), reason);
  });

  promises('a signal that is none is refused before anything is locked', async (scene) => {
    const service = signalled(await scene.locker());
    const signal = {} as AbortSignal;
    const message = /Service\.byIndex: argument 1 gave an object \(Object\), not an AbortSignal/;
    await assert.rejects(service.byIndex(42, signal), { name: 'TypeError', message });
    await assert.rejects(service.byFunction(42, { signal }), /Service\.byFunction: the function/);
  });

  promises('a promise in the place of a signal is refused, however it ends', async (scene) => {
    const mine = await scene.locker();
    class Service {
      @UseLocker() readonly locker = mine;

      @Locked('order:42', {
        signal: (() => Promise.reject(new Error('none'))) as unknown as () => AbortSignal,
      })
      async work(): Promise<void> {
        assert.fail('not to be called');
      }
    }
    const message = /the function 'signal' gave an object \(Promise\), not an AbortSignal\.$/;
    await assert.rejects(new Service().work(), { name: 'TypeError', message });
    // A turn in which an unhandled rejection would fail this test.
    await turn();
  });

  for (const [wrong, kind, message] of WRONG) {
    promises(`an option is refused when the class is defined: ${message.source}`, async () => {
      const define = (): unknown => {
        class Service {
          @Locked('order:42', wrong as object)
          async work(): Promise<void> {}
        }
        return Service;
      };
      assert.throws(define, (error) => {
        assert(error instanceof kind);
        assert.match(error.message, /^@Locked on (Service\.)?work: /);
        assert.match(error.message, message);
        return true;
      });
    });
  }
}
