/** Prints whether the promises of this process are followed, before and after its first callback. */
import { executionAsyncId } from 'node:async_hooks';
import { createLocker, currentLock, memoryStore } from '@holdfast/core';

/** In a continuation of a promise that nobody follows it is 0. */
async function isFollowed(): Promise<boolean> {
  await Promise.resolve();
  return executionAsyncId() !== 0;
}

const locker = await createLocker({ store: memoryStore() });
{
  await using _ = await locker.acquire('order:42', { holdAtLeast: 1 });
}
currentLock();
const before = await isFollowed();
await locker.using('order:43', () => {});
const after = await isFollowed();
console.log(JSON.stringify({ before, after }));
await locker.close();
