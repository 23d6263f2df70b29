import { createLocker } from '@holdfast/core';
import { Redis } from 'ioredis';
import Redlock from 'redlock';
import { Mutex } from 'redis-semaphore';

export interface Held {
  release(): Promise<unknown>;
}

/** Waits for a lock. */
export type Take = (name: string) => Promise<Held>;

export type Library = 'Holdfast' | 'redlock' | 'redis-semaphore';

const TTL = 30_000;

/** Each with its defaults, but for how long it waits: as long as it takes. */
export const LIBRARIES: Record<Library, (url: string) => Promise<Take>> = {
  async Holdfast(url) {
    const locker = await createLocker({ url });
    return (name) => locker.acquire(name, { ttl: TTL });
  },
  async redlock(url) {
    const library = new Redlock([new Redis(url)], { retryCount: -1 });
    // It reports each attempt that found the lock busy.
    library.on('error', () => {});
    return (name) => library.acquire([`redlock:${name}`], TTL);
  },
  async 'redis-semaphore'(url) {
    const client = new Redis(url);
    return async (name) => {
      const mutex = new Mutex(client, name, { lockTimeout: TTL, acquireTimeout: 600_000 });
      await mutex.acquire();
      return mutex;
    };
  },
};
