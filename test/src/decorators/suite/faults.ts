import 'reflect-metadata';
import assert from 'node:assert/strict';
import { AcquireTimeoutError, type Locker } from '@holdfast/core';
import { currentLock, Locked, UseLocker } from '@holdfast/decorators';
import type { Promises } from '../../contract/scene.js';

/** The faults that decorators of other libraries have, each with the reason why ours has not. */
export function faults(promises: Promises): void {
  promises('parameters are not looked up in the text of the function', async (scene) => {
    const mine = await scene.locker();
    const { toString } = Function.prototype;
    // A minifier renames parameters; here nobody can read them at all.
    // oxlint-disable-next-line no-extend-native -- restored below
    Function.prototype.toString = () => assert.fail('The text of a function was read.');
    try {
      class Service {
        @UseLocker() readonly locker = mine;

        @Locked('order:{1.id}')
        async work(..._args: readonly unknown[]): Promise<string | undefined> {
          return currentLock()?.name;
        }
      }
      assert.equal(await new Service().work('a', { id: 42 }), 'order:42');
    } finally {
      // oxlint-disable-next-line no-extend-native -- as it was
      Function.prototype.toString = toString;
    }
  });

  promises('an object does not become the key [object Object]', async (scene) => {
    const mine = await scene.locker();
    class Service {
      @UseLocker() readonly locker = mine;

      @Locked('order:{0}')
      async work(_order: unknown): Promise<void> {
        assert.fail('not to be called');
      }
    }
    const message = 'the part {0} of the key is an object (Object)';
    await assert.rejects(new Service().work({ id: 42 }), {
      name: 'TypeError',
      message: `@Locked on Service.work: ${message}.`,
    });
  });

  promises('metadata of a scheduler is not lost on the wrapper', async () => {
    const Cron =
      (at: string) =>
      (first: unknown, _second: unknown, descriptor?: PropertyDescriptor): void => {
        Reflect.defineMetadata('cron', at, (descriptor?.value ?? first) as object);
      };
    class Jobs {
      @Locked('jobs:a')
      @Cron('0 3 * * *')
      async below(): Promise<void> {}

      @Cron('0 4 * * *')
      @Locked('jobs:b')
      async above(): Promise<void> {}
    }
    assert.equal(Reflect.getMetadata('cron', Jobs.prototype.below), '0 3 * * *');
    assert.equal(Reflect.getMetadata('cron', Jobs.prototype.above), '0 4 * * *');
  });

  promises('business exceptions come out as they are, wrapped in nothing', async (scene) => {
    const mine = await scene.locker();
    class OutOfStock extends Error {}
    // Even what looks like a busy lock is the method's own word.
    const thrown = [new OutOfStock('sold'), 'a string', undefined, busy('another')];
    class Shop {
      @UseLocker() readonly locker: Locker = mine;

      @Locked('stock', { onBusy: 'skip', onLost: 'ignore' })
      async sell(error: unknown): Promise<void> {
        throw error;
      }
    }
    for (const error of thrown) {
      const outcome = await new Shop().sell(error).then(
        () => assert.fail('It did not reject.'),
        (reason: unknown) => ({ reason }),
      );
      assert.equal(outcome.reason, error);
    }
  });

  promises('a key of undefined locks nothing', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    class Service {
      @UseLocker() readonly locker = mine;
      readonly region?: string;

      @Locked('order:{0}')
      async byArgument(_id?: string): Promise<void> {
        assert.fail('not to be called');
      }

      @Locked('order:{this.region}')
      async byThis(): Promise<void> {
        assert.fail('not to be called');
      }
    }
    await using lock = await other.tryAcquire('order:undefined');
    assert.ok(lock);
    const refused = { name: 'TypeError', message: /the part \{.+\} of the key is undefined/ };
    await assert.rejects(new Service().byArgument(), refused);
    await assert.rejects(new Service().byThis(), refused);
  });
}

function busy(lockName: string): Error {
  return new AcquireTimeoutError(lockName, 0, 0);
}
