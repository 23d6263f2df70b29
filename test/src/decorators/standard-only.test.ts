import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { after, before, describe, test } from 'node:test';
import { createLocker, type Locker, memoryStore } from '@holdfast/core';
import {
  currentLock,
  getLockMetadata,
  Locked,
  setDefaultLocker,
  UseLocker,
} from '@holdfast/decorators';

let locker: Locker;
before(async () => {
  locker = await createLocker({ store: memoryStore() });
  setDefaultLocker(locker);
});
after(() => locker.close());

describe('private methods', () => {
  class Invoices {
    readonly #region = 'north';
    @UseLocker() readonly #locker = locker;

    @Locked('invoice:{0}')
    async #charge(id: number): Promise<string> {
      return `${currentLock()?.name} in ${this.#region}: ${id}`;
    }

    @Locked('report:{0}')
    static async #report(month: number): Promise<string> {
      return `${currentLock()?.name} of ${month}`;
    }

    charge(id: number): Promise<string> {
      return this.#charge(id);
    }

    static report(month: number): Promise<string> {
      return this.#report(month);
    }

    get shape(): unknown[] {
      return [this.#charge.name, this.#charge.length, this.#locker === locker];
    }
  }

  test('run under their lock', async () => {
    assert.equal(await new Invoices().charge(42), 'invoice:42 in north: 42');
    assert.equal(await Invoices.report(12), 'report:12 of 12');
  });

  test('keep name and length, and are named in errors', async () => {
    assert.deepEqual(new Invoices().shape, ['#charge', 1, true]);
    await assert.rejects(
      new Invoices().charge(Number.NaN),
      /@Locked on Invoices\.#charge: the part/,
    );
  });
});

describe('functions in fields', () => {
  class Invoices {
    readonly region: string;

    constructor(region: string) {
      this.region = region;
    }

    @Locked('{this.region}:{0}')
    charge = async (_id: number, _currency?: string): Promise<string> =>
      `${currentLock()?.name} in ${this.region}`;

    @Locked('static:{0}')
    static report = async (month: number): Promise<string> =>
      `${currentLock()?.name} by ${this.name}, ${month}`;

    @Locked('private:{0}')
    readonly #refund = async (id: number): Promise<string> => `${currentLock()?.name} ${id}`;

    refund(id: number): Promise<string> {
      return this.#refund(id);
    }

    @Locked('outer')
    @Locked('inner')
    nested = async (): Promise<string | undefined> => currentLock()?.name;
  }

  test('run under the lock of their instance, also when they are passed on', async () => {
    const invoices = new Invoices('north');
    assert.equal(await invoices.charge(42), 'north:42 in north');
    const { charge } = invoices;
    assert.equal(await charge(43), 'north:43 in north');
    assert.deepEqual(await Promise.all([1, 2].map((id) => charge(id))), [
      'north:1 in north',
      'north:2 in north',
    ]);
  });

  test('go with the instance that they are called on, if it is one of their class', async () => {
    class Service {
      readonly region: string;
      @UseLocker() readonly locker = locker;

      constructor(region: string) {
        this.region = region;
      }

      @Locked('{this.region}')
      work = async function (this: Service): Promise<string> {
        return `${currentLock()?.name} in ${this.region}`;
      };
    }
    class Special extends Service {}
    const [north, south] = [new Service('north'), new Special('south')];
    assert.equal(await north.work(), 'north in north');
    assert.equal(await north.work.call(south), 'south in south');
    const heir = Object.assign(Object.create(north) as Service, { region: 'heir' });
    assert.equal(await heir.work(), 'heir in heir');
    for (const self of [undefined, {}, new Map()]) {
      assert.equal(await north.work.call(self as unknown as Service), 'north in north');
    }
  });

  test('can be static, private and decorated twice', async () => {
    assert.equal(await Invoices.report(12), 'static:12 by Invoices, 12');
    const invoices = new Invoices('north');
    assert.equal(await invoices.refund(42), 'private:42 42');
    assert.equal(await invoices.nested(), 'inner');
  });

  test('keep name and length', () => {
    const { charge } = new Invoices('north');
    assert.equal(charge.name, 'charge');
    assert.equal(charge.length, 2);
  });

  test('are found by their class and by an instance', () => {
    const expected = ['outer', 'inner'];
    const keys = (target: object): unknown[] =>
      getLockMetadata(target, 'nested').map(({ key }) => key);
    assert.deepEqual(keys(Invoices), expected);
    assert.deepEqual(keys(new Invoices('north')), expected);
    class Sub extends Invoices {}
    assert.deepEqual(keys(Sub), expected);
    assert.deepEqual(getLockMetadata(Invoices, 'report')[0]?.parts, ['{0}']);
  });

  test('a field without a function is refused when the instance is made', () => {
    class Wrong {
      @Locked('wrong')
      work = undefined as unknown as () => Promise<void>;
    }
    assert.throws(() => new Wrong(), {
      name: 'TypeError',
      message: /^@Locked on work: it stands on a field without a function/,
    });
  });
});

describe('metadata by Symbol.metadata', () => {
  const KEY = Symbol('key');
  const Tag = (_: unknown, context: ClassMethodDecoratorContext): void => {
    Object.assign(context.metadata ?? {}, { [KEY]: context.name });
  };
  const Wrap = <M extends (...args: never[]) => unknown>(method: M): M =>
    function (this: unknown, ...args: never[]) {
      return method.apply(this, args);
    } as M;

  class Service {
    @Tag
    @Locked('above')
    async above(): Promise<void> {}

    @Wrap
    @Locked('hidden')
    async hidden(): Promise<void> {}
  }

  test('of other decorators is still found', () => {
    const { metadata } = Symbol as unknown as { readonly metadata: keyof typeof Service };
    const found = Service[metadata] as unknown as Record<symbol, unknown>;
    assert.equal(found[KEY], 'above');
  });

  test('lets a lock be found under the wrapper of another decorator', () => {
    assert.equal(getLockMetadata(Service, 'hidden')[0]?.key, 'hidden');
    assert.equal(getLockMetadata(new Service(), 'hidden')[0]?.key, 'hidden');
  });
});

test('an accessor can hold the locker', async () => {
  setDefaultLocker(undefined);
  class Service {
    @UseLocker() accessor locker = locker;

    @Locked('order:42')
    async work(): Promise<string | undefined> {
      return currentLock()?.name;
    }
  }
  assert.equal(await new Service().work(), 'order:42');
  setDefaultLocker(locker);
});

test('a promise of a locker that rejects is told to the calls that need it', async () => {
  const refused = new Error('no server');
  class Service {
    @UseLocker() locker: Promise<Locker> = Promise.reject(refused);

    @Locked('order:42')
    async work(): Promise<void> {}
  }
  class WithAccessor {
    @UseLocker() accessor locker: Promise<Locker> = Promise.reject(refused);

    @Locked('order:42')
    async work(): Promise<void> {}
  }
  const services = [new Service(), new WithAccessor()];
  // A turn in which an unhandled rejection would fail this test.
  await turn();
  for (const service of services) {
    await assert.rejects(service.work(), (error) => error === refused);
  }
});

test('a private locker is missed where its instance was not made by its class', async () => {
  class Service {
    @UseLocker() readonly #locker = locker;

    @Locked('order:42')
    async work(): Promise<boolean> {
      return this.#locker === locker;
    }
  }
  const bare = Object.create(Service.prototype) as Service;
  const message = /the property '#locker' of Service is undefined, not a locker/;
  await assert.rejects(bare.work(), { name: 'TypeError', message });
  assert.equal(await new Service().work(), true);
});

test('what a private getter of the locker throws is told as it is', async () => {
  const failure = new TypeError('not connected');
  class Service {
    @UseLocker() get #locker(): Locker {
      throw failure;
    }

    @Locked('order:42')
    async work(): Promise<boolean> {
      return this.#locker === locker;
    }
  }
  await assert.rejects(new Service().work(), (error) => error === failure);
});

test('a mark outlives a decorator that puts another class in the place of its own', async () => {
  setDefaultLocker(undefined);
  type Definition = abstract new (...args: never[]) => object;
  const Extend = <C extends Definition>(definition: C): C => {
    abstract class Extended extends (definition as unknown as new () => object) {}
    return Extended as unknown as C;
  };
  const Stand = <C extends Definition>(definition: C): C => new Proxy(definition, {});

  @Extend
  class Replaced {
    @UseLocker() readonly locker = locker;

    @Locked('order:42')
    async work(): Promise<string | undefined> {
      return currentLock()?.name;
    }
  }
  @Stand
  class Proxied extends Replaced {}
  assert.equal(await new Replaced().work(), 'order:42');
  assert.equal(await new Proxied().work(), 'order:42');
  setDefaultLocker(locker);
});

test('without metadata a property cannot be marked, but can be named', async () => {
  const decorate = UseLocker() as unknown as (value: unknown, context: object) => void;
  const context = { kind: 'field', name: 'locker', metadata: undefined };
  assert.throws(() => decorate(undefined, context), /^TypeError: @UseLocker: .* no metadata/);
  class Service {
    readonly locker = locker;

    @Locked('order:42')
    async work(): Promise<string | undefined> {
      return currentLock()?.name;
    }
  }
  const ofClass = { kind: 'class', name: 'Service', metadata: undefined };
  UseLocker('locker')(Service, ofClass as unknown as ClassDecoratorContext);
  setDefaultLocker(undefined);
  assert.equal(await new Service().work(), 'order:42');
  setDefaultLocker(locker);
});

test('on anything but a method or a field it is refused when the class is defined', () => {
  const decorate = Locked('order:42') as unknown as (value: unknown, context: object) => void;
  for (const kind of ['getter', 'setter', 'accessor', 'class']) {
    const refused = { name: 'TypeError', message: new RegExp(`on a ${kind}, not on a method`) };
    assert.throws(() => decorate(undefined, { kind, name: 'work' }), refused);
  }
});
