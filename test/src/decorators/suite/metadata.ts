import 'reflect-metadata';
import assert from 'node:assert/strict';
import { getLockMetadata, Locked, UseLocker } from '@holdfast/decorators';
import type { Promises } from '../../contract/scene.js';

type AnyMethod = (...args: never[]) => unknown;

/**
 * What frameworks do, in both dialects: it puts metadata on the function itself, where the
 * scheduler or the router finds it.
 */
function Tag(key: string, value: unknown) {
  return (first: unknown, _second: unknown, descriptor?: PropertyDescriptor): void => {
    const method = (descriptor === undefined ? first : descriptor.value) as AnyMethod & object;
    Reflect.defineMetadata(key, value, method);
    Object.assign(method, { [`tag:${key}`]: value });
  };
}

/** What others do: a wrapper of its own, which knows nothing of ours. */
function Wrap() {
  return (first: unknown, _second: unknown, descriptor?: PropertyDescriptor): never => {
    const method = (descriptor === undefined ? first : descriptor.value) as AnyMethod;
    const wrapper = function (this: unknown, ...args: never[]): unknown {
      return method.apply(this, args);
    };
    return (descriptor === undefined ? wrapper : { ...descriptor, value: wrapper }) as never;
  };
}

export function metadata(promises: Promises): void {
  promises('metadata of decorators below and above is found on the method', async (scene) => {
    const mine = await scene.locker();
    class Service {
      @UseLocker() readonly locker = mine;

      @Tag('above', 1)
      @Locked('order:42')
      @Tag('below', 2)
      async work(): Promise<void> {}

      @Tag('outermost', 3)
      @Locked('customer:7')
      @Tag('between', 4)
      @Locked('order:42')
      @Tag('innermost', 5)
      static async twice(): Promise<void> {}
    }
    const { work } = Service.prototype;
    assert.equal(Reflect.getMetadata('above', work), 1);
    assert.equal(Reflect.getMetadata('below', work), 2);
    assert.deepEqual(Object.fromEntries(Object.entries(work)), { 'tag:above': 1, 'tag:below': 2 });
    const keys = Reflect.getOwnMetadataKeys(Service.twice) as string[];
    assert.deepEqual(keys.toSorted(), ['between', 'innermost', 'outermost']);
    await new Service().work();
  });

  class Invoices {
    readonly region: string = 'north';

    @Locked('invoice:{0.id}:{this.region}', '10s')
    async charge(_invoice: object): Promise<void> {}

    @Locked(() => 'invoices', { onBusy: 'skip' })
    static async report(): Promise<void> {}

    @Locked('outer', { ttl: '1m' })
    @Wrap()
    @Locked('inner')
    async nested(): Promise<void> {}

    async plain(): Promise<void> {}
  }

  promises('what is known of a method can be read', async () => {
    const [entry, ...more] = getLockMetadata(Invoices, 'charge');
    assert.deepEqual(entry, {
      key: 'invoice:{0.id}:{this.region}',
      parts: ['{0.id}', '{this.region}'],
      options: { ttl: '10s' },
    });
    assert.deepEqual(more, []);
    const [report] = getLockMetadata(Invoices, 'report');
    assert.equal(typeof report?.key, 'function');
    assert.deepEqual(report?.parts, []);
    assert.deepEqual(report?.options, { onBusy: 'skip' });
    assert.ok(Object.isFrozen(entry) && Object.isFrozen(entry.options));
  });

  promises('what is known of a method is not there for others', async () => {
    assert.deepEqual(getLockMetadata(Invoices, 'plain'), []);
    assert.deepEqual(getLockMetadata(Invoices, 'missing'), []);
    assert.deepEqual(getLockMetadata(Invoices, 'toString'), []);
    assert.deepEqual(
      getLockMetadata(() => {}, 'call'),
      [],
    );
  });

  promises('what is known of a method is inherited until it is overridden', async () => {
    class Same extends Invoices {}
    class Other extends Invoices {
      override async charge(): Promise<void> {}

      @Locked('other')
      override async nested(): Promise<void> {}
    }
    assert.deepEqual(getLockMetadata(Same, 'charge'), getLockMetadata(Invoices, 'charge'));
    assert.deepEqual(getLockMetadata(Same, 'report'), getLockMetadata(Invoices, 'report'));
    assert.deepEqual(getLockMetadata(new Same(), 'charge'), getLockMetadata(Invoices, 'charge'));
    assert.deepEqual(getLockMetadata(Other, 'charge'), []);
    assert.deepEqual(
      getLockMetadata(Other, 'nested').map(({ key }) => key),
      ['other'],
    );
  });

  promises('two decorators are two entries, the outermost first', async () => {
    class Service {
      @Locked('outer')
      @Locked('middle')
      @Locked('inner')
      async work(): Promise<void> {}
    }
    const keys = getLockMetadata(Service, 'work').map(({ key }) => key);
    assert.deepEqual(keys, ['outer', 'middle', 'inner']);
  });
}
