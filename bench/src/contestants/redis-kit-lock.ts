import { Redlock, type RedlockInstance } from '@redis-kit/lock';
import type { RedisClientType } from 'redis';
import { createClient } from 'redis5';
import { type Contestant, TTL } from './contestant.js';

/** On node-redis 5, the only one that it says it supports. Its delays are its defaults. */
export async function open(url: string): Promise<Contestant> {
  const client = createClient({ url });
  client.on('error', () => {});
  await client.connect();
  // Its types are those of whichever node-redis is installed beside it.
  const redlock = new Redlock([client as unknown as RedisClientType], {
    maxRetryAttempts: Infinity,
  });
  const acquire = async (name: string, ttl: number): Promise<RedlockInstance> => {
    const lock = await redlock.acquire(name, ttl);
    if (lock === null) throw new Error(`${name} was not acquired.`);
    return lock;
  };
  return {
    acquire: (name) => acquire(name, TTL),
    async keep(name, ttl) {
      (await acquire(name, ttl)).startAutoExtension();
    },
  };
}
