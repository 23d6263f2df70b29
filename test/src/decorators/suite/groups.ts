import assert from 'node:assert/strict';
import type { Locker } from '@holdfast/core';
import { Locked, UseLocker } from '@holdfast/decorators';
import type { Promises } from '../../contract/scene.js';
import { Traces } from '../../contract/traced.js';

interface Order {
  readonly id: number;
}

class Orders {
  @UseLocker() readonly locker: Locker;

  constructor(locker: Locker) {
    this.locker = locker;
  }

  @Locked('order:{0.id}')
  async template(_order: Order): Promise<void> {}

  @Locked(({ id }: Order) => `order:${id}`)
  async function(_order: Order): Promise<void> {}

  @Locked('order:{0.id}', { group: 'orders' })
  async named(_order: Order): Promise<void> {}

  @Locked(['order:{0.id}', { key: 'stock', mode: 'shared' }])
  async list(_order: Order): Promise<void> {}

  @Locked(['stock', ({ id }: Order) => `order:${id}`])
  async mixed(_order: Order): Promise<void> {}
}

export function groups(promises: Promises): void {
  promises(
    'the group of a lock is its key as it is written, or what the options say',
    async (scene) => {
      const orders = new Orders(await scene.locker());
      const expected = {
        template: 'order:{0.id}',
        function: undefined,
        named: 'orders',
        list: 'order:{0.id},stock',
        mixed: undefined,
      };
      for (const [method, group] of Object.entries(expected)) {
        using traces = new Traces('order:42');
        await orders[method as keyof typeof expected]({ id: 42 });
        await traces.over();
        assert.deepEqual(traces.told, ['acquire granted', 'hold released'], method);
        for (const { message } of traces.all) assert.equal(message.group, group, method);
      }
    },
  );
}
