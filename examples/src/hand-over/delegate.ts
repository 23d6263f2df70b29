/** The process that main.ts hands its lock to. */
import { once } from 'node:events';
import { createLocker, type LockJSON } from '@holdfast/core';

await using locker = await createLocker();
const [message] = (await once(process, 'message')) as [string];

// Confirms that the lock is still held, and renews it from here.
const lock = await locker.adopt(JSON.parse(message) as LockJSON);
console.log('adopted, and the other half done');
await lock.release();

process.send?.({ fencingToken: lock.fencingToken });
process.disconnect();
