/**
 * The promises of decorated methods as a program, for any runtime and compiler, and for both dialects
 * of decorators: it is compiled once in each. Locks are at REDIS_URL, or else in this process.
 */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { AcquireTimeoutError, createLocker, type Locker, memoryStore } from '@holdfast/core';
import {
  assertLocked,
  currentLock,
  Locked,
  setDefaultLocker,
  UseLocker,
} from '@holdfast/decorators';

const { REDIS_URL } = process.env;
const where = REDIS_URL === undefined ? { store: memoryStore() } : { url: REDIS_URL };
const keyPrefix = `lock:${randomUUID()}:`;

class Invoices {
  @UseLocker() readonly locker: Locker;
  running = 0;

  constructor(locker: Locker) {
    this.locker = locker;
  }

  @Locked('invoice:{0.id}', { ttl: '10s' })
  async charge(invoice: { readonly id: number }, pause: Promise<void>): Promise<string> {
    this.running += 1;
    assert.equal(this.running, 1);
    await pause;
    this.running -= 1;
    return `${invoice.id} under ${assertLocked().name}`;
  }

  @Locked('invoice:{0.id}', { onBusy: 'skip' })
  async remind(invoice: { readonly id: number }): Promise<string | undefined> {
    return `reminded of ${invoice.id}`;
  }

  @Locked('invoice:{0.id}', { waitTimeout: 20 })
  async close(invoice: { readonly id: number }): Promise<string> {
    return `closed ${invoice.id}`;
  }

  @Locked('invoice:{0.id}')
  async again(invoice: { readonly id: number }): Promise<string> {
    return this.charge(invoice, Promise.resolve());
  }
}

class Reports {
  @Locked('reports')
  static async send(): Promise<string | undefined> {
    return currentLock()?.name;
  }
}

{
  await using mine = await createLocker({ ...where, keyPrefix });
  await using other = await createLocker({ ...where, keyPrefix });
  setDefaultLocker(mine);
  const [here, there] = [new Invoices(mine), new Invoices(other)];
  const invoice = { id: 42 };

  // Calls of one key take turns, and know their lock.
  const soon = new Promise<void>((resolve) => {
    setTimeout(resolve, 20);
  });
  const charged = await Promise.all([here.charge(invoice, soon), here.charge(invoice, soon)]);
  assert.deepEqual(charged, ['42 under invoice:42', '42 under invoice:42']);
  assert.equal(currentLock(), undefined);

  // A lock that others hold is waited for, skipped or an error, as was declared.
  await using lock = await other.acquire('invoice:42');
  assert.equal(await here.remind(invoice), undefined);
  await assert.rejects(here.close(invoice), AcquireTimeoutError);
  assert.equal(await here.remind({ id: 43 }), 'reminded of 43');
  const waiting = here.again(invoice);
  await lock.release();
  assert.equal(await waiting, '42 under invoice:42');
  assert.equal(await there.close(invoice), 'closed 42');

  // Static methods, too, by the default locker.
  assert.equal(await Reports.send(), 'reports');
  assert.equal(here.charge.name, 'charge');
  assert.equal(here.charge.length, 2);
}
console.log('decorated methods take turns');
