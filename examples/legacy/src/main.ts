/**
 * `@Locked` with `experimentalDecorators`, where parameters can be decorated too.
 *
 * `REDIS_URL=redis://localhost:6379 node examples/legacy/dist/main.js`
 */
import { setTimeout as pause } from 'node:timers/promises';
import { createLocker } from '@holdfast/core';
import { currentLock, Locked, LockKey, setDefaultLocker } from '@holdfast/decorators';

interface Customer {
  readonly id: string;
  readonly region: string;
}

class Mailbox {
  readonly sent: string[] = [];

  /** The lock is `mail:<region>:<id>:<subject>`: the marked parts follow the key. */
  @Locked('mail', '10s')
  async send(
    @LockKey('region') @LockKey('id') customer: Customer,
    @LockKey((subject: string) => subject.toLowerCase()) subject: string,
  ): Promise<string> {
    const name = currentLock()?.name ?? '';
    if (this.sent.includes(name)) return `${customer.id} has this already`;
    await pause(5);
    this.sent.push(name);
    return `sent under ${name}: ${subject}`;
  }
}

const locker = await createLocker();
setDefaultLocker(locker);
const mailbox = new Mailbox();
const customer = { id: 'c:7', region: 'north' };

// The same mail twice, at the same time: the second finds what the first has done.
const results = await Promise.all(
  ['Welcome', 'WELCOME', 'Your invoice'].map((subject) => mailbox.send(customer, subject)),
);
console.log(results.join('\n'));

await locker.close();
