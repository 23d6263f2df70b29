import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import type { Locker } from '@holdfast/core';
import {
  currentLock,
  Locked,
  type LockerSource,
  setDefaultLocker,
  UseLocker,
} from '@holdfast/decorators';
import type { Promises } from '../../contract/scene.js';

/** Which of these lockers the work runs under: a locker joins nothing of another. */
async function holderOf(candidates: Readonly<Record<string, Locker>>): Promise<string[]> {
  const tried = Object.entries(candidates).map(async ([name, locker]) => {
    const lock = await locker.tryAcquire('order:42');
    await lock?.release();
    return lock === null ? [name] : [];
  });
  return (await Promise.all(tried)).flat();
}

export function lockers(promises: Promises): void {
  promises('the option comes first, then the instance, then the default', async (scene) => {
    const byOption = await scene.locker({ keyPrefix: 'lock:option:' });
    const byInstance = await scene.locker({ keyPrefix: 'lock:instance:' });
    const byDefault = await scene.locker({ keyPrefix: 'lock:default:' });
    const all = { byOption, byInstance, byDefault };
    setDefaultLocker(byDefault);
    class Service {
      @UseLocker() readonly locker = byInstance;

      @Locked('order:42', { locker: byOption })
      async option(): Promise<string[]> {
        return holderOf(all);
      }

      @Locked('order:42')
      async instance(): Promise<string[]> {
        return holderOf(all);
      }
    }
    class Plain {
      @Locked('order:42')
      async default(): Promise<string[]> {
        return holderOf(all);
      }
    }
    assert.deepEqual(await new Service().option(), ['byOption']);
    assert.deepEqual(await new Service().instance(), ['byInstance']);
    assert.deepEqual(await new Plain().default(), ['byDefault']);
    setDefaultLocker(undefined);
  });

  promises('the option can be a function of this', async (scene) => {
    const north = await scene.locker({ keyPrefix: 'lock:north:' });
    const south = await scene.locker({ keyPrefix: 'lock:south:' });
    class Service {
      readonly mine: Locker;

      constructor(mine: Locker) {
        this.mine = mine;
      }

      @Locked('order:42', { locker: (self: Service) => self.mine })
      async byArgument(): Promise<string[]> {
        return holderOf({ north, south });
      }

      @Locked('order:42', {
        async locker(this: Service) {
          return this.mine;
        },
      })
      async byThis(): Promise<string[]> {
        return holderOf({ north, south });
      }
    }
    assert.deepEqual(await new Service(north).byArgument(), ['north']);
    assert.deepEqual(await new Service(south).byThis(), ['south']);
  });

  promises('a class can name the property that holds its locker', async (scene) => {
    const mine = await scene.locker();
    @UseLocker('locker')
    class Service {
      protected readonly locker: Locker;

      constructor(locker: Locker) {
        this.locker = locker;
      }

      @Locked('order:42')
      async work(): Promise<string[]> {
        return holderOf({ mine });
      }
    }
    class Branch extends Service {}
    assert.deepEqual(await new Service(mine).work(), ['mine']);
    assert.deepEqual(await new Branch(mine).work(), ['mine']);
  });

  promises('a getter can be marked', async (scene) => {
    const mine = await scene.locker();
    class Service {
      @UseLocker() get locker(): Locker {
        return mine;
      }

      @Locked('order:42')
      async work(): Promise<string[]> {
        return holderOf({ mine });
      }
    }
    assert.deepEqual(await new Service().work(), ['mine']);
  });

  promises('a subclass inherits the mark, or sets its own', async (scene) => {
    const north = await scene.locker({ keyPrefix: 'lock:north:' });
    const south = await scene.locker({ keyPrefix: 'lock:south:' });
    class Service {
      @UseLocker() readonly first: Locker = north;

      @Locked('order:42')
      async work(): Promise<string[]> {
        return holderOf({ north, south });
      }
    }
    class Same extends Service {}
    class Other extends Service {
      @UseLocker() readonly second: Locker = south;
    }
    @UseLocker('second')
    class Named extends Service {
      readonly second: Locker = south;
    }
    for (const _ of ['first', 'again']) {
      assert.deepEqual(await new Same().work(), ['north']);
      assert.deepEqual(await new Other().work(), ['south']);
      assert.deepEqual(await new Named().work(), ['south']);
      assert.deepEqual(await new Service().work(), ['north']);
    }
  });

  promises('a promise of a locker is accepted anywhere', async (scene) => {
    const mine = await scene.locker();
    const promised = Promise.resolve(mine);
    class Service {
      @UseLocker() readonly locker = promised;

      @Locked('order:42')
      async byInstance(): Promise<string[]> {
        return holderOf({ mine });
      }

      @Locked('order:42', { locker: promised })
      async byOption(): Promise<string[]> {
        return holderOf({ mine });
      }

      @Locked('order:42', { locker: () => promised })
      async byFunction(): Promise<string[]> {
        return holderOf({ mine });
      }
    }
    class Plain {
      @Locked('order:42')
      async byDefault(): Promise<string[]> {
        return holderOf({ mine });
      }
    }
    setDefaultLocker(promised);
    const service = new Service();
    const { byInstance, byOption, byFunction } = service;
    for (const method of [byInstance, byOption, byFunction, new Plain().byDefault]) {
      assert.deepEqual(await method.call(service as Service & Plain), ['mine']);
    }
    setDefaultLocker(undefined);
  });

  promises('without a locker the error says the three ways', async () => {
    class Service {
      @Locked('order:42')
      async work(): Promise<void> {
        assert.fail('not to be called');
      }
    }
    await assert.rejects(new Service().work(), (error) => {
      assert(error instanceof TypeError);
      assert.match(error.message, /^@Locked on Service\.work: there is no locker\./);
      for (const way of ["the option 'locker'", '@UseLocker()', 'setDefaultLocker(locker)']) {
        assert.ok(error.message.includes(way), error.message);
      }
      return true;
    });
  });

  promises('what is in the place of a locker is refused by its place', async () => {
    const wrong = undefined as unknown as Locker;
    class Service {
      @UseLocker() readonly locker = wrong;

      @Locked('order:42')
      async byInstance(): Promise<void> {}

      @Locked('order:42', { locker: () => wrong })
      async byFunction(): Promise<void> {}

      @Locked('order:42', { locker: Promise.resolve(42) as unknown as Promise<Locker> })
      async byPromise(): Promise<void> {}
    }
    const service = new Service();
    await assert.rejects(service.byInstance(), {
      name: 'TypeError',
      message: "@UseLocker: the property 'locker' of Service is undefined, not a locker.",
    });
    await assert.rejects(service.byFunction(), /Service\.byFunction: the option 'locker' is undef/);
    await assert.rejects(service.byPromise(), /Service\.byPromise: the option 'locker' is 42/);
    assert.throws(() => setDefaultLocker('redis://' as unknown as Locker), TypeError);
  });

  promises('a promise that rejects fails the calls, and nothing else', async () => {
    const refused = new Error('no server');
    const promised: LockerSource = Promise.reject(refused);
    setDefaultLocker(promised);
    class Service {
      @Locked('order:42')
      async work(): Promise<void> {}

      @Locked('order:42', { locker: Promise.reject(refused) as LockerSource })
      async other(): Promise<void> {}
    }
    // A turn in which an unhandled rejection would end this process.
    await new Promise((resolve) => setImmediate(resolve));
    await assert.rejects(new Service().work(), (error) => error === refused);
    await assert.rejects(new Service().other(), (error) => error === refused);
    setDefaultLocker(undefined);
  });

  promises('a mark in the wrong place is refused when the class is defined', async () => {
    const misplaced: readonly (() => unknown)[] = [
      () => UseLocker()(class {} as never, undefined as never),
      () => UseLocker('locker')({} as never, 'locker' as never),
      () => UseLocker()({} as never, { kind: 'method', name: 'work' } as never),
      () => UseLocker()({} as never, 0 as never),
    ];
    for (const decorate of misplaced) {
      assert.throws(decorate, { name: 'TypeError', message: /^@UseLocker: / });
    }
  });

  promises('the mark of the nearest class counts, for those that extend it too', async (scene) => {
    const north = await scene.locker({ keyPrefix: 'lock:north:' });
    const south = await scene.locker({ keyPrefix: 'lock:south:' });
    class Service {
      @UseLocker() readonly first: Locker = north;

      @Locked('order:42')
      async work(): Promise<string[]> {
        return holderOf({ north, south });
      }
    }
    @UseLocker('second')
    class Named extends Service {
      readonly second: Locker = south;
    }
    class Got extends Service {
      @UseLocker() get second(): Locker {
        return south;
      }
    }
    class Leaf extends Named {}
    class OtherLeaf extends Got {}
    for (const definition of [Leaf, OtherLeaf, Named, Got]) {
      assert.deepEqual(await new definition().work(), ['south'], definition.name);
    }
    assert.deepEqual(await new Service().work(), ['north']);
  });

  promises('a mark is there before the first instance is', async (scene) => {
    const mine = await scene.locker();
    setDefaultLocker(await scene.locker({ keyPrefix: 'lock:default:' }));
    class Service {
      @UseLocker() readonly locker: Locker = mine;

      @Locked('order:42')
      async work(): Promise<string[]> {
        return holderOf({ mine });
      }
    }
    const bare = Object.create(Service.prototype) as Service;
    const refused = {
      name: 'TypeError',
      message: "@UseLocker: the property 'locker' of Service is undefined, not a locker.",
    };
    await assert.rejects(bare.work(), refused);
    const hydrated = Object.assign(Object.create(Service.prototype) as Service, { locker: mine });
    assert.deepEqual(await hydrated.work(), ['mine']);
    setDefaultLocker(undefined);
  });

  promises('a mark is there while the constructor of a base class runs', async (scene) => {
    const mine = await scene.locker();
    setDefaultLocker(await scene.locker({ keyPrefix: 'lock:default:' }));
    class Base {
      readonly started: Promise<unknown>;

      constructor() {
        this.started = this.work().catch((error: unknown) => error);
      }

      @Locked('order:42')
      async work(): Promise<string[]> {
        return holderOf({ mine });
      }
    }
    class Service extends Base {
      @UseLocker() readonly locker: Locker = mine;
    }
    const service = new Service();
    const error = await service.started;
    assert(error instanceof TypeError);
    assert.match(error.message, /^@UseLocker: the property 'locker' of Service is undefined/);
    assert.deepEqual(await service.work(), ['mine']);
    setDefaultLocker(undefined);
  });

  promises('a method that is taken off its instance does not take the default', async (scene) => {
    const mine = await scene.locker();
    setDefaultLocker(await scene.locker({ keyPrefix: 'lock:default:' }));
    class Base {
      @Locked('order:41')
      async inherited(): Promise<string[]> {
        return holderOf({ mine });
      }
    }
    class Service extends Base {
      @UseLocker() readonly locker: Locker = mine;
      @UseLocker() static readonly shared: Locker = mine;

      @Locked('order:42')
      async work(): Promise<string[]> {
        return holderOf({ mine });
      }

      @Locked('order:42')
      static async report(): Promise<string[]> {
        return holderOf({ mine });
      }
    }
    const service = new Service();
    const calls: [() => Promise<unknown>, string][] = [
      [service.work, 'locker'],
      [service.inherited, 'locker'],
      [Service.report, 'shared'],
    ];
    for (const [method, property] of calls) {
      const marked = new RegExp(`not called on an instance of its class, .* marks '${property}'`);
      for (const self of [undefined, {}, new Map()]) {
        await assert.rejects(method.call(self), { name: 'TypeError', message: marked });
      }
    }
    assert.deepEqual(await service.work(), ['mine']);
    assert.deepEqual(await Service.report(), ['mine']);
    assert.deepEqual(await new Base().inherited(), []);
    setDefaultLocker(undefined);
  });

  /** The token that the call inside has; the outer one has settled before it is known. */
  const tokens = async (inner: LockerSource | (() => LockerSource), outer: LockerSource) => {
    let inside: Promise<string | undefined> | undefined;
    class Service {
      @Locked('order:42', { locker: outer })
      async outer(): Promise<string | undefined> {
        inside = this.inner();
        return currentLock()?.token;
      }

      @Locked('order:42', { locker: inner })
      async inner(): Promise<string | undefined> {
        return currentLock()?.token;
      }
    }
    return [await new Service().outer(), await inside];
  };

  promises('a promise does not keep a call from joining its lock', async (scene) => {
    const mine = await scene.locker();
    const promised = Promise.resolve(mine);
    const later = async (): Promise<Locker> => {
      await turn();
      return mine;
    };
    for (const inner of [promised, later, later()]) {
      for (const outer of [promised, mine]) {
        const [token, inside] = await tokens(inner, outer);
        assert.ok(token);
        assert.equal(inside, token);
      }
    }
    const other = await scene.locker({ keyPrefix: 'lock:other:' });
    const [token, inside] = await tokens(async () => other, mine);
    assert.ok(inside);
    assert.notEqual(inside, token);
  });

  promises('a promise does not let a call in that may not join its lock', async (scene) => {
    const mine = await scene.locker();
    const promised = Promise.resolve(mine);
    const later = async (): Promise<Locker> => {
      await turn();
      return mine;
    };
    for (const inner of [promised, later]) {
      let inside: Promise<void> | undefined;
      class Service {
        @Locked('order:42', { locker: promised })
        async outer(): Promise<void> {
          inside = assert.rejects(this.strict(), { code: 'LOCK_REENTRY' });
        }

        @Locked('order:42', { locker: inner, reentrant: false })
        async strict(): Promise<void> {
          assert.fail('not to be called');
        }
      }
      await new Service().outer();
      await inside;
    }
  });
}
