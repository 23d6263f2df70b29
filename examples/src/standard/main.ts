/**
 * `@Locked` with standard decorators, as TypeScript compiles them without any option.
 *
 * `REDIS_URL=redis://localhost:6379 node examples/dist/standard/main.js`
 */
import { setTimeout as pause } from 'node:timers/promises';
import { createLocker, type Locker } from '@holdfast/core';
import { assertLocked, Locked, UseLocker } from '@holdfast/decorators';

interface Order {
  readonly id: number;
  readonly amount: number;
}

class Warehouse {
  @UseLocker() readonly locker: Locker;
  readonly #stock: number[] = [];

  constructor(locker: Locker) {
    this.locker = locker;
  }

  /** One at a time for each order, however many processes run this. */
  @Locked('order:{0.id}', { ttl: '10s', waitTimeout: '5s' })
  async reserve(order: Order): Promise<string> {
    const { fencingToken, signal } = assertLocked();
    await pause(5, undefined, { signal });
    await this.#book(order.amount);
    return `order ${order.id} reserved under token ${fencingToken}`;
  }

  /** Private methods work as well; this one is called under the lock of `reserve`. */
  @Locked('stock')
  async #book(amount: number): Promise<void> {
    const before = this.#stock.length;
    await pause(1);
    this.#stock.push(before + amount);
  }

  /** Whoever comes while somebody else counts does not count again. */
  @Locked('count', { onBusy: 'skip' })
  async count(): Promise<number | undefined> {
    await pause(20);
    return this.#stock.length;
  }

  /** A function in a field belongs to its instance, and can be passed on. */
  @Locked('report')
  report = async (): Promise<string> =>
    `${this.#stock.length} bookings under ${assertLocked('report').name}`;
}

await using locker = await createLocker();
const warehouse = new Warehouse(locker);
const orders = Array.from({ length: 5 }, (_, id) => ({ id, amount: 1 }));

const reserved = await Promise.all(orders.map((order) => warehouse.reserve(order)));
console.log(reserved.join('\n'));

const counts = await Promise.all([warehouse.count(), warehouse.count()]);
console.log(`counted: ${counts.map((count) => count ?? 'skipped').join(', ')}`);

const { report } = warehouse;
console.log(await report());
