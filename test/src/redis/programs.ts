import { AcquireTimeoutError, createLocker } from '@holdfast/core';
import { Redis } from 'ioredis';
import Redlock, { ExecutionError } from 'redlock';
import { Mutex } from 'redis-semaphore';

/** The key that all of them lock; redis-semaphore puts `mutex:` before every name. */
export const KEY = 'mutex:stock';
const PREFIX = 'mutex:';
const NAME = 'stock';

/** How often the others look whether a lock has become free, in ms. */
const RETRY = 5;

export interface Held {
  release(): Promise<unknown>;
}

/** A program that takes locks with a library of its own choice. */
export interface Program extends AsyncDisposable {
  /** Null if the lock is busy. */
  tryTake(ttl: number): Promise<Held | null>;
  take(ttl: number): Promise<Held>;
}

async function holdfast(url: string): Promise<Program> {
  const locker = await createLocker({ url, keyPrefix: PREFIX });
  return {
    tryTake: (ttl) => locker.tryAcquire(NAME, { ttl }),
    take: (ttl) => locker.acquire(NAME, { ttl }),
    [Symbol.asyncDispose]: () => locker.close(),
  };
}

/** Comes back again and again, as its neighbours do, so that it meets them more often. */
async function impatientHoldfast(url: string): Promise<Program> {
  const locker = await createLocker({ url, keyPrefix: PREFIX });
  return {
    tryTake: (ttl) => locker.tryAcquire(NAME, { ttl }),
    async take(ttl) {
      for (;;) {
        try {
          return await locker.acquire(NAME, { ttl, waitTimeout: 100 });
        } catch (error) {
          if (!(error instanceof AcquireTimeoutError)) throw error;
        }
      }
    },
    [Symbol.asyncDispose]: () => locker.close(),
  };
}

async function redlock(url: string): Promise<Program> {
  const client = new Redis(url);
  const settings = { retryCount: 1_000, retryDelay: RETRY, retryJitter: 2 };
  const library = new Redlock([client], settings);
  // It reports each attempt that found the lock busy.
  library.on('error', () => {});
  return {
    async tryTake(ttl) {
      try {
        return await library.acquire([KEY], ttl, { retryCount: 0 });
      } catch (error) {
        if (error instanceof ExecutionError) return null;
        throw error;
      }
    },
    take: (ttl) => library.acquire([KEY], ttl),
    async [Symbol.asyncDispose]() {
      client.disconnect();
    },
  };
}

async function redisSemaphore(url: string): Promise<Program> {
  const client = new Redis(url);
  const settings = { retryInterval: RETRY, acquireTimeout: 10_000 };
  return {
    async tryTake(lockTimeout) {
      // Even its try goes on for the acquireTimeout, unless the attempts are counted.
      const once = { ...settings, lockTimeout, acquireAttemptsLimit: 1 };
      const held = new Mutex(client, NAME, once);
      return (await held.tryAcquire()) ? held : null;
    },
    async take(lockTimeout) {
      const held = new Mutex(client, NAME, { ...settings, lockTimeout });
      await held.acquire();
      return held;
    },
    async [Symbol.asyncDispose]() {
      client.disconnect();
    },
  };
}

export type Library = 'Holdfast' | 'impatient Holdfast' | 'redlock' | 'redis-semaphore';

export const PROGRAMS: Readonly<Record<Library, (url: string) => Promise<Program>>> = {
  Holdfast: holdfast,
  'impatient Holdfast': impatientHoldfast,
  redlock,
  'redis-semaphore': redisSemaphore,
};
