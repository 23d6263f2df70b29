/** Code for the platform's lock manager, across processes. Run: node examples/dist/web-locks/main.js */
import { setTimeout as elapse } from 'node:timers/promises';
import { createLocker } from '@holdfast/core';
import { lockManager } from '@holdfast/core/web-locks';
import { Reports } from './reports.js';

// Two lockers, as two processes have them: each makes its own lock manager, once.
await using mine = await createLocker({ owner: 'web-1' });
await using theirs = await createLocker({ owner: 'web-2' });
const [here, there] = [lockManager(mine), lockManager(theirs)];

const reports = new Reports(here);
await Promise.all([reports.write('b'), reports.write('a')]);

await reports.read(async (lines) => {
  console.log(`read: ${lines.join(', ')}`);
  // Another process reads at the same time; nobody writes.
  await there.request('reports', { mode: 'shared' }, async () => {
    const { held } = await there.query();
    console.log(`readers: ${new Set(held.map(({ clientId }) => clientId)).size}`);
  });
  console.log(await reports.tidy());
});
console.log(await reports.tidy());

// Somebody hangs; an operator takes the lock away, from whatever process.
let begun!: () => void;
const begin = new Promise<void>((resolve) => {
  begun = resolve;
});
const hanging = here.request('reports', (lock) => {
  begun();
  // What a lock of the platform does not have: it aborts when the lock is gone.
  return elapse(60_000, undefined, { signal: lock?.signal });
});
await begin;
const stolen = there.request('reports', { steal: true }, (lock) => `${lock?.mode} again`);
await hanging.catch((error: unknown) => console.log((error as DOMException).name));
console.log(await stolen);
