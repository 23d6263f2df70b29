import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import type { Locker } from '@holdfast/core';
import { currentLock, Locked, setDefaultLocker } from '@holdfast/decorators';
import type { Promises } from '../../contract/scene.js';

interface Customer {
  readonly id: unknown;
}

interface Order {
  readonly id?: unknown;
  readonly customer?: Customer | null;
}

/** A class whose method tells the name of its lock, under this key. */
function named(key: string): (...args: readonly unknown[]) => Promise<string | undefined> {
  class Service {
    readonly region = 'north';
    readonly shop = { id: 7 };

    @Locked(key)
    async work(..._args: readonly unknown[]): Promise<string | undefined> {
      return currentLock()?.name;
    }
  }
  const service = new Service();
  return (...args) => service.work(...args);
}

export function keys(promises: Promises): void {
  const withDefault = (promise: string, keep: (locker: Locker) => Promise<void>): void => {
    promises(promise, async (scene) => {
      const locker = await scene.locker();
      setDefaultLocker(locker);
      await keep(locker).finally(() => setDefaultLocker(undefined));
    });
  };

  withDefault('a plain key is the name', async () => {
    assert.equal(await named('jobs:nightly')(), 'jobs:nightly');
    assert.equal(await named('100 % of {{what}}')(), '100 % of {what}');
  });

  withDefault('placeholders stand for arguments, their properties, and those of this', async () => {
    const order: Order = { id: 42, customer: { id: 'c-7' } };
    assert.equal(await named('order:{0}')('42'), 'order:42');
    assert.equal(await named('order:{0.id}')(order), 'order:42');
    assert.equal(await named('{1.customer.id}/{0}')(1, order), 'c-7/1');
    assert.equal(await named('{this.region}:{0}:open')(5), 'north:5:open');
    assert.equal(await named('{this.shop.id}')(), '7');
    assert.equal(await named('{0.1.id}')([undefined, { id: 1 }]), '1');
    assert.equal(await named('{{{0}}}')(1), '{1}');
    assert.equal(await named('{0.größe}東{1}')({ größe: 4 }, 'x'), '4東x');
  });

  withDefault('numbers, bigints and booleans are parts by their text', async () => {
    for (const part of [7, 7n, '7']) assert.equal(await named('order:{0}')(part), 'order:7');
    assert.equal(await named('flag:{0}')(false), 'flag:false');
    assert.equal(await named('zero:{0}')(0), 'zero:0');
    assert.equal(await named('zero:{0}')(-0), 'zero:0');
  });

  withDefault('a part cannot forge another name: what separates is escaped', async () => {
    const name = named('order:{0}:{1}');
    assert.equal(await name('1:2', '3'), 'order:1%3A2:3');
    assert.equal(await name('1', '2:3'), 'order:1:2%3A3');
    assert.equal(await name('1%3A2', '3'), 'order:1%253A2:3');
    assert.equal(await named('order:{0}')('1:2'), 'order:1%3A2');
    assert.equal(await named('{0}-{1}')('a-b', 'c'), 'a%2Db-c');
    assert.equal(await named('mail:{0}')('jane.doe+x@example.org'), 'mail:jane.doe+x@example.org');
    assert.equal(await named('city:{0}')('Kraków 東京'), 'city:Krak%C3%B3w%20%E6%9D%B1%E4%BA%AC');
  });

  withDefault('a key function gets this and the arguments, and gives the whole name', async () => {
    class Service {
      readonly region = 'north';

      @Locked(function (this: Service, order: { readonly id: number }, _reason: string) {
        return `${this.region}:order:${order.id}`;
      })
      async work(_order: { readonly id: number }, _reason: string): Promise<string | undefined> {
        return currentLock()?.name;
      }

      @Locked((id: number) => `order:${id}`)
      async short(_id: number): Promise<string | undefined> {
        return currentLock()?.name;
      }
    }
    assert.equal(await new Service().work({ id: 42 }, 'because'), 'north:order:42');
    assert.equal(await new Service().short(42), 'order:42');
  });

  withDefault('the name is that of the arguments in the moment of the call', async () => {
    const name = named('order:{0.id}');
    const order = { id: 42 };
    const call = name(order);
    order.id = 43;
    assert.equal(await call, 'order:42');
  });

  withDefault('what cannot be a part is refused by class, method and part', async (locker) => {
    const objects = [{}, [], [1], new Date(0), () => {}, new String('a'), Symbol('a')];
    const nothing = [undefined, null, '', Number.NaN, Infinity, '\uD800'];
    await using _everything = await locker.acquire('order:');
    for (const value of [...nothing, ...objects]) {
      const message = /^@Locked on Service\.work: the part \{0\.id\} of the key (is|has) .+\.$/;
      await assert.rejects(named('order:{0.id}')({ id: value }), { name: 'TypeError', message });
    }
    const call = named('order:{0.customer.id}');
    for (const order of [undefined, null, {}, { customer: null }, { customer: {} }, 'text']) {
      const message = /Service\.work: the part \{0\.customer\.id\} of the key is undefined\./;
      await assert.rejects(call(order), { name: 'TypeError', message });
    }
  });

  withDefault('what a key function gives has to be a name', async () => {
    for (const value of [undefined, null, '', 42, {}, '\uDC00', Promise.resolve('order')]) {
      class Service {
        @Locked(() => value as string)
        async work(): Promise<void> {
          assert.fail('not to be called');
        }
      }
      const message = /^@Locked on Service\.work: the key function gave .+, not a lock name\.$/;
      await assert.rejects(new Service().work(), { name: 'TypeError', message });
    }
  });

  withDefault('a promise that a key function gives is refused, however it ends', async () => {
    class Service {
      @Locked((() => Promise.reject(new Error('no name'))) as unknown as () => string)
      async work(): Promise<void> {
        assert.fail('not to be called');
      }
    }
    const message = /the key function gave an object \(Promise\), not a lock name\.$/;
    await assert.rejects(new Service().work(), { name: 'TypeError', message });
    // A turn in which an unhandled rejection would fail this test.
    await turn();
  });

  withDefault('an error of a key function or of a property comes out as it is', async () => {
    const error = new RangeError('mine');
    class Service {
      @Locked(() => {
        throw error;
      })
      async byFunction(): Promise<void> {}

      @Locked('{0.id}')
      async byProperty(_of: { readonly id: string }): Promise<void> {}
    }
    const strange = {
      get id(): string {
        throw error;
      },
    };
    await assert.rejects(new Service().byFunction(), (thrown) => thrown === error);
    await assert.rejects(new Service().byProperty(strange), (thrown) => thrown === error);
  });

  const malformed: readonly [unknown, RegExp][] = [
    ['', /empty/],
    ['\uD800', /surrogate/],
    ['{', /'\{' stands alone/],
    ['order:{0', /'\{' stands alone/],
    ['order:0}', /'\}' stands alone/],
    ['{}', /'\{\}' is no placeholder/],
    ['{id}', /'\{id\}' is no placeholder/],
    ['{00}', /no placeholder/],
    ['{-1}', /no placeholder/],
    ['{0.}', /no placeholder/],
    ['{0..id}', /no placeholder/],
    ['{0.a b}', /no placeholder/],
    ['{0?.id}', /no placeholder/],
    ['{this}', /no placeholder/],
    ['{this.#id}', /no placeholder/],
    ['{0}{1}', /\{0\} and \{1\} need a separator/],
    ['{0}and{1}', /need a separator/],
    ['{0}%{1}', /need a separator/],
    [undefined, /neither a string nor a function/],
    [42, /neither a string nor a function/],
    [{ key: 'order' }, /neither a string nor a function/],
  ];
  for (const [key, why] of malformed) {
    promises(`the key ${JSON.stringify(key)} is refused when the class is defined`, async () => {
      const define = (): unknown => {
        class Service {
          @Locked(key as string)
          async work(): Promise<void> {}
        }
        return Service;
      };
      assert.throws(define, (error) => {
        assert(error instanceof TypeError);
        assert.match(error.message, /^@Locked on (Service\.)?work: the key is malformed: /);
        assert.match(error.message, why);
        return true;
      });
    });
  }
}
