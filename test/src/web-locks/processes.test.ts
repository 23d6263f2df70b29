import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createLocker, type Locker } from '@holdfast/core';
import { type LockManager, lockManager } from '@holdfast/core/web-locks';
import { type RedisServer, startRedis, startWorker, type WorkerProcess } from '@holdfast/support';
import type { Commands } from './client.js';
import { hold } from './holding.js';

const TIMEOUT = 120_000;
const CLIENT = new URL('./client.js', import.meta.url);

let redis: RedisServer;
let locker: Locker;
let locks: LockManager;
let other: WorkerProcess<Commands>;

before(async () => {
  redis = await startRedis();
  locker = await createLocker({ url: redis.url, ttl: '1h' });
  locks = lockManager(locker);
  other = await startWorker<Commands>(CLIENT, [redis.url]);
});

after(async () => {
  await other[Symbol.asyncDispose]();
  await locker.close();
  await redis[Symbol.asyncDispose]();
});

test(
  'a request waits for another process, and query tells the two apart',
  { timeout: TIMEOUT },
  async () => {
    await other.request('hold', 'reports');
    const waiting = locks.request('reports', () => 'granted');
    const { held, pending } = await locks.query();
    assert.deepEqual([held.length, pending.length], [1, 1]);
    assert.notEqual(held[0]?.clientId, pending[0]?.clientId);
    assert.match(held[0]?.clientId ?? '', new RegExp(`:${other.pid}/`));
    assert.deepEqual(await other.request('query'), { held, pending });
    await other.request('end', 'reports');
    assert.equal(await waiting, 'granted');
  },
);

test(
  'a theft breaks who holds the lock in another process, at once',
  { timeout: TIMEOUT },
  async () => {
    await other.request('hold', 'reports');
    const thief = await hold(locks, 'reports', { steal: true });
    assert.deepEqual(await other.request('failure', 'reports'), {
      name: 'AbortError',
      aborted: true,
    });
    await other.request('hold', 'reports', { steal: true });
    await assert.rejects(thief.over, { name: 'AbortError' });
    await other.request('end', 'reports');
  },
);

test(
  'what a process held that was killed can be stolen, before its lease is over',
  { timeout: TIMEOUT },
  async () => {
    await using doomed = await startWorker<Commands>(CLIENT, [redis.url]);
    await doomed.request('hold', 'reports');
    const waiting = locks.request('reports', () => 'granted');
    await locks.query();
    doomed.kill('SIGKILL');
    await doomed.exited;
    assert.equal(await locks.request('reports', { steal: true }, () => 'stolen'), 'stolen');
    assert.equal(await waiting, 'granted');
  },
);
