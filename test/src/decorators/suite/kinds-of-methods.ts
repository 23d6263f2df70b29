import assert from 'node:assert/strict';
import type { Locker } from '@holdfast/core';
import { currentLock, Locked, setDefaultLocker, UseLocker } from '@holdfast/decorators';
import type { Promises, Scene } from '../../contract/scene.js';

/** The names of the locks under which a call runs, if it says so. */
const names: (string | undefined)[] = [];

function note(): void {
  names.push(currentLock()?.name);
}

function noted(): (string | undefined)[] {
  return names.splice(0);
}

export function kindsOfMethods(promises: Promises): void {
  promises('static methods, whose this is the class', async (scene) => {
    const mine = await scene.locker();
    class Service {
      @UseLocker() static readonly locker = mine;
      static readonly region: string = 'north';

      @Locked('order:{this.region}')
      static async work(): Promise<string | undefined> {
        return currentLock()?.name;
      }
    }
    class Branch extends Service {
      static override readonly region: string = 'south';
    }
    assert.equal(await Service.work(), 'order:north');
    assert.equal(await Branch.work(), 'order:south');
  });

  promises('methods that are named by a symbol', async (scene) => {
    const mine = await scene.locker();
    const work = Symbol('work');
    class Service {
      @UseLocker() readonly locker = mine;

      @Locked('order:{0}')
      async [work](id: string): Promise<string | undefined> {
        return currentLock()?.name + id;
      }
    }
    const service = new Service();
    assert.equal(await service[work]('42'), 'order:4242');
    assert.equal(service[work].name, '[work]');
    await assert.rejects(service[work](''), /Service\[Symbol\(work\)\]/);
  });

  const family = async (scene: Scene) => {
    const mine = await scene.locker();
    class Base {
      @UseLocker() readonly locker: Locker = mine;

      @Locked('order:{0}')
      async work(_id: number): Promise<string> {
        note();
        return 'base';
      }
    }
    return Base;
  };

  promises('inherited methods', async (scene) => {
    const Base = await family(scene);
    class Sub extends Base {}
    assert.equal(await new Sub().work(42), 'base');
    assert.deepEqual(noted(), ['order:42']);
  });

  promises('a method that overrides a locked one is not locked by that', async (scene) => {
    const Base = await family(scene);
    class Sub extends Base {
      override async work(): Promise<string> {
        note();
        return 'sub';
      }
    }
    assert.equal(await new Sub().work(), 'sub');
    assert.deepEqual(noted(), [undefined]);
  });

  promises('a method that calls super runs under both locks, each in its place', async (scene) => {
    const Base = await family(scene);
    class Sub extends Base {
      @Locked('customer:{0}')
      override async work(id: number): Promise<string> {
        note();
        const result = await super.work(id);
        note();
        return `sub of ${result}`;
      }
    }
    assert.equal(await new Sub().work(42), 'sub of base');
    assert.deepEqual(noted(), ['customer:42', 'order:42', 'customer:42']);
  });

  promises(
    'a method that calls super under the same lock does not wait for itself',
    async (scene) => {
      const Base = await family(scene);
      class Sub extends Base {
        @Locked('order:{0}', { waitTimeout: 0 })
        override async work(id: number): Promise<string> {
          return `sub of ${await super.work(id)}`;
        }
      }
      assert.equal(await new Sub().work(42), 'sub of base');
      assert.deepEqual(noted(), ['order:42']);
    },
  );

  promises(
    'methods that are taken off their instance, if they need nothing of it',
    async (scene) => {
      setDefaultLocker(await scene.locker());
      class Service {
        @Locked('order:{0}')
        async work(id: number): Promise<string> {
          return `${id} of ${typeof this}`;
        }
      }
      const { work } = new Service();
      assert.equal(await work.call(undefined as unknown as Service, 42), '42 of undefined');
      setDefaultLocker(undefined);
    },
  );

  promises('two decorators on one method nest in the order written', async (scene) => {
    const mine = await scene.locker();
    const opened: string[] = [];
    const key = (name: string) => () => {
      opened.push(name);
      return name;
    };
    class Service {
      @UseLocker() readonly locker = mine;

      @Locked(key('customer:7'))
      @Locked(key('order:42'))
      async work(): Promise<void> {
        note();
        assert.equal(await mine.tryAcquire('customer:7'), null);
      }
    }
    await new Service().work();
    assert.deepEqual(opened, ['customer:7', 'order:42']);
    assert.deepEqual(noted(), ['order:42']);
  });
}
