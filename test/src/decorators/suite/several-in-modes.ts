import assert from 'node:assert/strict';
import type { Locker } from '@holdfast/core';
import {
  assertLocked,
  Locked,
  type LockedOptions,
  LockReentryError,
  UseLocker,
} from '@holdfast/decorators';
import { Gate } from '@holdfast/support';
import type { Promises } from '../../contract/scene.js';

interface Order {
  readonly tenant: string;
  readonly id: number;
}

class Orders {
  @UseLocker() readonly locker: Locker;

  constructor(locker: Locker) {
    this.locker = locker;
  }

  @Locked([{ key: 'tenant:{0.tenant}', mode: 'shared' }, 'order:{0.id}'])
  async change(_order: Order, work: () => unknown): Promise<unknown> {
    return work();
  }

  @Locked('tenant:{0}', { mode: 'shared' })
  async look(_tenant: string, work: () => unknown): Promise<unknown> {
    return work();
  }

  @Locked('tenant:{0}')
  async close(_tenant: string, work: () => unknown): Promise<unknown> {
    return work();
  }

  @Locked(
    [
      { key: ({ tenant }: Order) => `tenant:${tenant}`, limit: 2 },
      { key: 'order:{0.id}', weight: 3 },
    ],
    { limit: 8, waitTimeout: 0 },
  )
  async send(_order: Order, work: () => unknown): Promise<unknown> {
    return work();
  }

  @Locked([{ key: '{0}', mode: 'shared' }, '{1}', { key: '{2}', mode: 'shared' }])
  async merge(_one: string, _two: string, _three: string, work: () => unknown): Promise<unknown> {
    return work();
  }
}

function how(name: string): unknown {
  const { mode, limit, weight } = assertLocked(name);
  return [mode, limit, weight];
}

/** A class whose method is never called. */
function define(key: object, options: LockedOptions = {}): void {
  class Service {
    @Locked(['whole', key as { key: string }], options as { limit: number })
    async work(): Promise<void> {}
  }
  void Service;
}

/** `@Locked([{ key, mode, limit, weight }, key])`. */
export function severalInModes(promises: Promises): void {
  promises('a method takes each lock of a list in the way that stands beside it', async (scene) => {
    const orders = new Orders(await scene.locker());
    const order = { tenant: 'north', id: 1 };
    await orders.change(order, () => {
      assert.deepEqual(how('tenant:north'), ['shared', undefined, 1]);
      assert.deepEqual(how('order:1'), ['exclusive', undefined, 1]);
    });
    await orders.send(order, () => {
      assert.deepEqual(how('tenant:north'), ['limited', 2, 1]);
      assert.deepEqual(how('order:1'), ['limited', 8, 3], 'of the limit that is for all');
    });
  });

  promises('calls run side by side that share what they have in common', async (scene) => {
    const locker = await scene.locker();
    const orders = new Orders(locker);
    const gate = new Gate();
    gate.shut();
    const first = orders.change({ tenant: 'north', id: 1 }, () => gate.passed());
    await orders.change({ tenant: 'north', id: 2 }, async () => {
      assert.equal(await locker.tryAcquire('tenant:north'), null);
    });
    gate.open();
    await first;
    await orders.close('north', () => {});
  });

  promises('a call joins by what it asks of each lock', async (scene) => {
    const locker = await scene.locker();
    const orders = new Orders(locker);
    const order = { tenant: 'north', id: 1 };
    await orders.change(order, async () => {
      const { token } = assertLocked('tenant:north');
      const tokenOf = (): string => assertLocked('tenant:north').token;
      assert.equal(await orders.look('north', tokenOf), token);
      assert.equal(await orders.change(order, tokenOf), token);
      for (const call of [
        () => orders.close('north', tokenOf),
        () => orders.send(order, tokenOf),
        () => locker.using(['tenant:north', 'order:1'], tokenOf),
      ]) {
        await assert.rejects(call, (error) => {
          assert(error instanceof LockReentryError);
          assert.equal(error.lockName, 'tenant:north');
          return true;
        });
      }
    });
    await locker.using(['tenant:north', 'order:1'], async ({ locks }) => {
      const token = await orders.change(order, () => assertLocked('tenant:north').token);
      assert.equal(token, locks.get('tenant:north')?.token);
    });
  });

  promises('a name that is asked for in two ways is taken exclusively', async (scene) => {
    const orders = new Orders(await scene.locker());
    const exclusively = ['exclusive', undefined, 1];
    await orders.merge('a', 'a', 'b', () => {
      assert.deepEqual(how('a'), exclusively);
      assert.deepEqual(how('b'), ['shared', undefined, 1]);
    });
    await orders.merge('a', 'b', 'a', () => {
      assert.deepEqual(how('a'), ['shared', undefined, 1]);
      assert.deepEqual(how('b'), exclusively);
    });
    await orders.merge('a', 'a', 'a', () => assert.deepEqual(how('a'), exclusively));
  });

  promises('a mode in a list that makes no sense is refused with the class', async () => {
    const mistakes: readonly [object, LockedOptions, 'TypeError' | 'RangeError', RegExp][] = [
      [{ key: 'a', mode: 'read' }, {}, 'TypeError', /@Locked on .*mode: 'read'/],
      [{ key: 'a', mode: 'shared', limit: 2 }, {}, 'TypeError', /limit: not together/],
      [{ key: 'a', limit: 2, weight: 3 }, {}, 'RangeError', /weight: 3/],
      [{ key: 'a', weight: 9 }, { limit: 8 }, 'RangeError', /weight: 9 .*the limit, 8/],
      [{ key: 'a', ttl: 9 }, {}, 'TypeError', /no 'ttl' for a key of a list; there are key, mode/],
      [{ key: '' }, {}, 'TypeError', /the key is malformed: it is empty/],
      [{ key: ['a'] }, {}, 'TypeError', /an array is neither a string nor a function/],
      [{ mode: 'shared' }, {}, 'TypeError', /an object \(Object\) is neither a string/],
    ];
    for (const [key, options, name, message] of mistakes) {
      assert.throws(() => define(key, options), { name, message });
    }
  });
}
