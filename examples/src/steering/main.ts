/**
 * Who holds it, and who waits? An operator looks, takes the lock from a holder that hangs, and that one is
 * told at once; the next in line goes on.
 *
 * `REDIS_URL=redis://localhost:6379 node examples/dist/steering/main.js`
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { createLocker, LockLostError } from '@holdfast/core';

// Three processes, as far as Redis is concerned.
await using hanging = await createLocker({ owner: 'worker-1', listen: true });
await using waiting = await createLocker({ owner: 'worker-2' });
await using operator = await createLocker();

const lock = await hanging.acquire('report:daily', { ttl: '10m' });
const next = waiting.acquire('report:daily');

// Until the other one stands in line.
let seen = await operator.inspect('report:daily');
while (seen.waitingCount === 0) seen = await operator.inspect('report:daily');

const [holder] = seen.holders;
if (holder?.kind === 'locker') console.log(`${seen.name} is held by ${holder.owner}, ${seen.mode}`);
for (const { owner } of seen.waiting) console.log(`${owner} waits for it`);
for await (const { name } of operator.list({ match: 'report:*' })) console.log(`listed: ${name}`);

// It would hang for a minute; what obeys the signal ends when the lock is lost.
const work = sleep(60_000, undefined, { signal: lock.signal }).catch(() => lock.release());
const ended = work.catch((error: unknown) =>
  error instanceof LockLostError ? error.reason : error,
);
console.log(`taken away: ${await operator.forceRelease('report:daily')}`);
console.log(`worker-1 was told: ${String(await ended)}`);

await using handed = await next;
console.log(`worker-2 goes on: ${handed.held}`);
