import { lock } from 'simple-redis-mutex';
import { nodeRedis } from './clients.js';
import { type Contestant, TTL } from './contestant.js';

export async function open(url: string): Promise<Contestant> {
  const client = await nodeRedis(url);
  return {
    async acquire(name) {
      return { release: await lock(client, name, { timeout: TTL }) };
    },
  };
}
