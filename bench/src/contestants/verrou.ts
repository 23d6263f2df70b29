import { Verrou } from '@verrou/core';
import { redisStore } from '@verrou/core/drivers/redis';
import { ioredis } from './clients.js';
import { type Contestant, TTL } from './contestant.js';

export async function open(url: string): Promise<Contestant> {
  const driver = redisStore({ connection: await ioredis(url) });
  const verrou = new Verrou({ default: 'redis', stores: { redis: { driver } } });
  return {
    async acquire(name) {
      const lock = verrou.createLock(name, TTL);
      if (!(await lock.acquire())) throw new Error(`${name} was not acquired.`);
      return lock;
    },
  };
}
