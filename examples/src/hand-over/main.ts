/**
 * Hands a lock to another process: this one acquires it and starts the work, the other one takes
 * part in the acquisition, finishes, and gives the lock back.
 *
 * `REDIS_URL=redis://localhost:6379 node examples/dist/hand-over/main.js`
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { createLocker } from '@holdfast/core';

await using locker = await createLocker();
await using lock = await locker.acquire('video:42', { ttl: '10s' });
const { fencingToken } = lock;
console.log('acquired, and half of the work done');

const delegate = fork(fileURLToPath(new URL('./delegate.js', import.meta.url)));
const ended = once(delegate, 'exit');
// This handle ends here, the lock does not: the delegate has what remains of the lease to adopt it.
// With `toJSON()` instead, both would take part in it.
delegate.send(JSON.stringify(lock.handOver()));
const [finished] = (await once(delegate, 'message')) as [{ readonly fencingToken: number }];
await ended;

const isSame = finished.fencingToken === fencingToken;
console.log(`the delegate worked under ${isSame ? 'the same' : 'another'} fencing token`);

const next = await locker.tryAcquire('video:42');
console.log(next === null ? 'the lock is still held' : 'the lock was given back');
await next?.release();
