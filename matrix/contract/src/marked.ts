/** What only the older dialect of decorators has: keys from marked parameters. */
import assert from 'node:assert/strict';
import { createLocker, memoryStore } from '@holdfast/core';
import { currentLock, Locked, LockKey } from '@holdfast/decorators';

const { REDIS_URL } = process.env;
const where = REDIS_URL === undefined ? { store: memoryStore() } : { url: REDIS_URL };
const locker = createLocker(where);

class Orders {
  @Locked('order', { locker })
  async charge(
    @LockKey('id') order: { readonly id: number },
    @LockKey() currency: string,
  ): Promise<string> {
    return `${order.id} in ${currency} under ${currentLock()?.name}`;
  }
}

assert.equal(await new Orders().charge({ id: 42 }, 'EUR'), '42 in EUR under order:42:EUR');
await (await locker).close();
console.log('marked parameters make the key');
