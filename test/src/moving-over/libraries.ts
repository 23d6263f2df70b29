import { Verrou } from '@verrou/core';
import { redisStore } from '@verrou/core/drivers/redis';
import type { Redis } from 'ioredis';
import Redlock, { ExecutionError } from 'redlock';
import { Mutex } from 'redis-semaphore';
import { createLock, IoredisAdapter, LockAcquisitionError } from 'redlock-universal';

/** Far above what a test takes, in ms. */
const TTL = 60_000;

export interface Held {
  release(): Promise<unknown>;
}

/** What a program does that takes a lock with another library: once, without waiting. */
type TryTake = (client: Redis, name: string) => Promise<Held | null>;

export interface Library {
  readonly name: string;
  /** What Holdfast needs as its `keyPrefix` to lock the same keys. */
  readonly keyPrefix: string;
  readonly tryTake: TryTake;
}

async function redlock(client: Redis, name: string): Promise<Held | null> {
  try {
    return await new Redlock([client]).acquire([name], TTL, { retryCount: 0 });
  } catch (error) {
    if (error instanceof ExecutionError) return null;
    throw error;
  }
}

async function redisSemaphore(client: Redis, name: string): Promise<Held | null> {
  const mutex = new Mutex(client, name, { lockTimeout: TTL, acquireAttemptsLimit: 1 });
  return (await mutex.tryAcquire()) ? mutex : null;
}

async function redlockUniversal(client: Redis, name: string): Promise<Held | null> {
  const adapter = new IoredisAdapter(client);
  const lock = createLock({ adapter, key: name, ttl: TTL, retryAttempts: 0 });
  try {
    const handle = await lock.acquire();
    return { release: () => lock.release(handle) };
  } catch (error) {
    if (error instanceof LockAcquisitionError) return null;
    throw error;
  }
}

async function verrou(client: Redis, name: string): Promise<Held | null> {
  const driver = redisStore({ connection: client });
  const lock = new Verrou({ default: 'redis', stores: { redis: { driver } } }).createLock(
    name,
    TTL,
  );
  return (await lock.acquireImmediately()) ? lock : null;
}

export const LIBRARIES: readonly Library[] = [
  { name: 'redlock', keyPrefix: '', tryTake: redlock },
  { name: 'redis-semaphore', keyPrefix: 'mutex:', tryTake: redisSemaphore },
  { name: 'redlock-universal', keyPrefix: '', tryTake: redlockUniversal },
  { name: '@verrou/core', keyPrefix: '', tryTake: verrou },
];
