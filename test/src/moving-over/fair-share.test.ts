import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createLocker } from '@holdfast/core';
import { Redis } from 'ioredis';
import Redlock from 'redlock';
import { Mutex } from 'redis-semaphore';
import { createLock, IoredisAdapter } from 'redlock-universal';
import { oneServer } from '../redis/one-server.js';

const server = oneServer();

/** For all of them one key: redis-semaphore puts a prefix before its own. */
const KEY = 'mutex:m1';
const TTL = 60_000;

/** In ms: so long the lock is held, and so long nobody else is kept waiting by who had it. */
const HOLD = 2;
const PAUSE = 5;

/** Turns of all of them together: enough to tell a share from none. */
const TURNS = 200;

type Take = () => Promise<() => Promise<unknown>>;

/** What each library does where it waits for as long as it takes, with the delays that it has by itself. */
function others(clients: readonly Redis[]): Record<string, Take> {
  const [one, two, three] = clients as [Redis, Redis, Redis];
  const redlock = new Redlock([one], { retryCount: -1, retryDelay: 200, retryJitter: 100 });
  const adapter = new IoredisAdapter(three);
  return {
    redlock: async () => {
      const lock = await redlock.acquire([KEY], TTL);
      return () => lock.release();
    },
    'redis-semaphore': async () => {
      const mutex = new Mutex(two, 'm1', { lockTimeout: TTL, acquireTimeout: Infinity });
      await mutex.acquire();
      return () => mutex.release();
    },
    'redlock-universal': async () => {
      const lock = createLock({ adapter, key: KEY, ttl: TTL, retryAttempts: 1_000_000 });
      const handle = await lock.acquire();
      return () => lock.release(handle);
    },
  };
}

test('among callers of other libraries each of ours has its share of the turns', async () => {
  const clients = Array.from({ length: 3 }, () => new Redis(server.redis.url));
  try {
    await using one = await createLocker({ url: server.redis.url, keyPrefix: 'mutex:' });
    await using two = await createLocker({ url: server.redis.url, keyPrefix: 'mutex:' });
    const ours = Object.entries({ one, two }).map(([name, locker]): [string, Take] => [
      name,
      async () => {
        const lock = await locker.acquire('m1', { ttl: TTL });
        return () => lock.release();
      },
    ]);
    const turns = new Map<string, number>();
    const sum = (): number => [...turns.values()].reduce((all, count) => all + count, 0);
    const run = async ([name, take]: [string, Take]): Promise<void> => {
      while (sum() < TURNS) {
        const release = await take();
        await sleep(HOLD);
        await release();
        turns.set(name, (turns.get(name) ?? 0) + 1);
        await sleep(PAUSE);
      }
    };
    const theirs = Object.entries(others(clients));
    await Promise.all([...theirs, ...ours].map(run));
    const mean = theirs.reduce((all, [name]) => all + (turns.get(name) ?? 0), 0) / theirs.length;
    for (const [name] of ours) {
      assert.ok((turns.get(name) ?? 0) >= mean / 2, JSON.stringify([...turns]));
    }
  } finally {
    for (const client of clients) client.disconnect();
  }
});
