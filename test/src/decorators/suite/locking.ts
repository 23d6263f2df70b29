import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import type { Locker } from '@holdfast/core';
import { currentLock, Locked, UseLocker } from '@holdfast/decorators';
import type { Promises } from '../../contract/scene.js';

/** How many calls a counter is tried with. */
const CALLS = 100;

class Counter {
  value = 0;
  @UseLocker() readonly locker: Locker;

  constructor(locker: Locker) {
    this.locker = locker;
  }

  /** Reads, waits, writes: the shortest way to lose an update. */
  async increment(): Promise<number> {
    const { value } = this;
    await turn();
    this.value = value + 1;
    return this.value;
  }

  @Locked('counter')
  incrementLocked(): Promise<number> {
    return this.increment();
  }
}

export function locking(promises: Promises): void {
  promises('concurrent calls exclude each other, and lose nothing', async (scene) => {
    const counter = new Counter(await scene.locker());
    const calls = Array.from({ length: CALLS }, () => counter.incrementLocked());
    const results = await Promise.all(calls);
    assert.equal(counter.value, CALLS);
    assert.equal(new Set(results).size, CALLS);
  });

  promises('without the decorator the same calls lose updates', async (scene) => {
    const counter = new Counter(await scene.locker());
    await Promise.all(Array.from({ length: CALLS }, () => counter.increment()));
    assert.ok(counter.value < CALLS, `${counter.value} of ${CALLS}`);
  });

  promises(
    'a call holds the lock while it runs, and has released it when it settles',
    async (scene) => {
      const [mine, other] = [await scene.locker(), await scene.locker()];
      class Service {
        @UseLocker() readonly locker = mine;

        @Locked('order:42')
        async work(): Promise<unknown> {
          return other.tryAcquire('order:42');
        }
      }
      assert.equal(await new Service().work(), null);
      await using free = await other.tryAcquire('order:42');
      assert.ok(free);
    },
  );

  promises('a call that fails releases the lock too', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    class Service {
      @UseLocker() readonly locker = mine;

      @Locked('order:42')
      async work(): Promise<void> {
        throw new Error('refused');
      }

      @Locked('order:43')
      workAtOnce(): Promise<void> {
        throw new Error('refused at once');
      }
    }
    await assert.rejects(new Service().work(), { message: 'refused' });
    await assert.rejects(new Service().workAtOnce(), { message: 'refused at once' });
    await using first = await other.tryAcquire('order:42');
    await using second = await other.tryAcquire('order:43');
    assert.ok(first && second);
  });

  promises('a call keeps this, the arguments and the result', async (scene) => {
    const mine = await scene.locker();
    class Service {
      @UseLocker() readonly locker = mine;
      readonly greeting = 'Hello';

      @Locked('order:{0}')
      async work(id: number, ...more: readonly string[]): Promise<string> {
        return [this.greeting, id, ...more].join(' ');
      }
    }
    assert.equal(await new Service().work(42, 'and', 'more'), 'Hello 42 and more');
  });

  promises('a method keeps its name, its length and the shape of its property', async () => {
    class Plain {
      async work(id: string, amount: number, currency = 'EUR'): Promise<string> {
        return id + amount + currency;
      }
    }
    class Service {
      @Locked('order:{0}')
      async work(id: string, amount: number, currency = 'EUR'): Promise<string> {
        return id + amount + currency;
      }
    }
    const plain = Object.getOwnPropertyDescriptor(Plain.prototype, 'work');
    const locked = Object.getOwnPropertyDescriptor(Service.prototype, 'work');
    assert(plain && locked);
    const { value: method, ...shape } = locked as { value: (...args: unknown[]) => unknown };
    assert.equal(method.name, 'work');
    assert.equal(method.length, 2);
    assert.equal('prototype' in method, false);
    assert.deepEqual(shape, { writable: true, enumerable: false, configurable: true });
    assert.deepEqual({ ...plain, value: undefined }, { ...locked, value: undefined });
  });

  promises('a method may return any promise, and what begins when it is asked', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    class Service {
      @UseLocker() readonly locker = mine;

      @Locked('order:42')
      query(): PromiseLike<unknown> {
        const ask = async (): Promise<unknown> => [
          currentLock()?.name,
          await other.tryAcquire('order:42'),
        ];
        // oxlint-disable-next-line unicorn/no-thenable -- a query builder is one
        return { then: (resolve, reject) => ask().then(resolve, reject) };
      }
    }
    assert.deepEqual(await new Service().query(), ['order:42', null]);
  });

  promises('a promise that begins when it is asked begins inside', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    class Lazy<T> extends Promise<T> {
      #work: (() => Promise<T>) | undefined;

      static of<T>(work: () => Promise<T>): Lazy<T> {
        const lazy = new Lazy<T>(() => {});
        lazy.#work = work;
        return lazy;
      }

      // oxlint-disable-next-line unicorn/no-thenable -- as lazy promises do
      override then<A, B>(
        resolve?: ((value: T) => A | PromiseLike<A>) | null,
        reject?: ((reason: unknown) => B | PromiseLike<B>) | null,
      ): Promise<A | B> {
        return (this.#work as () => Promise<T>)().then(resolve, reject);
      }
    }
    class Service {
      @UseLocker() readonly locker = mine;

      @Locked('order:42')
      lazily(): Promise<unknown> {
        return Lazy.of(async () => [
          currentLock()?.name,
          await other.tryAcquire('order:42'),
          await this.again(),
        ]);
      }

      @Locked('order:42', { waitTimeout: 0 })
      async again(): Promise<string> {
        return 'joined';
      }
    }
    assert.deepEqual(await new Service().lazily(), ['order:42', null, 'joined']);
  });

  promises('a generator is refused: its work would not be locked', async (scene) => {
    const mine = await scene.locker();
    const refused = (why: string) => ({
      name: 'TypeError',
      message: new RegExp(`^@Locked on (Service\\.)?work: it ${why} a generator`),
    });
    const asynchronous = (): unknown => {
      class Service {
        // @ts-expect-error -- the compiler refuses it, too
        @Locked('order:42')
        async *work(): AsyncGenerator<number> {
          yield 1;
        }
      }
      return Service;
    };
    const synchronous = (): unknown => {
      class Service {
        // @ts-expect-error -- the compiler refuses it, too
        @Locked('order:42')
        *work(): Generator<number> {
          yield 1;
        }
      }
      return Service;
    };
    assert.throws(asynchronous, refused('stands on'));
    assert.throws(synchronous, refused('stands on'));
    class Service {
      @UseLocker() readonly locker = mine;

      @Locked('order:42')
      work(): Promise<void> {
        const stream = async function* (): AsyncGenerator<number> {
          yield 1;
        };
        return stream() as unknown as Promise<void>;
      }
    }
    await assert.rejects(new Service().work(), refused('returned'));
  });
}
