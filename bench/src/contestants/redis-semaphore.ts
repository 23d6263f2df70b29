import { Mutex } from 'redis-semaphore';
import { ioredis } from './clients.js';
import { type Contestant, TTL } from './contestant.js';

export async function open(url: string): Promise<Contestant> {
  const client = await ioredis(url);
  const acquire = async (name: string, ttl: number): Promise<Mutex> => {
    const mutex = new Mutex(client, name, { lockTimeout: ttl, acquireTimeout: Infinity });
    await mutex.acquire();
    return mutex;
  };
  return { acquire: (name) => acquire(name, TTL), keep: acquire };
}
