import { createLocker } from '@holdfast/core';
import { type Contestant, TTL } from './contestant.js';

export async function open(url: string): Promise<Contestant> {
  const locker = await createLocker({ url });
  return {
    acquire: (name) => locker.acquire(name, { ttl: TTL }),
    acquireAll: (names) => locker.acquire(names, { ttl: TTL }),
    keep: (name, ttl) => locker.acquire(name, { ttl }),
  };
}
