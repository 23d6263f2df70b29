import {
  createLock,
  IoredisAdapter,
  LockManager,
  NodeRedisAdapter,
  type RedisAdapter,
} from 'redlock-universal';
import { ioredis, nodeRedis } from './clients.js';
import { type Contestant, forever, TTL } from './contestant.js';

export async function openOnNodeRedis(url: string): Promise<Contestant> {
  return on(new NodeRedisAdapter(await nodeRedis(url)));
}

export async function openOnIoredis(url: string): Promise<Contestant> {
  return on(new IoredisAdapter(await ioredis(url)));
}

/** A lock object for each call, as its manual shows; its delays are its defaults. */
function on(adapter: RedisAdapter): Contestant {
  const retryAttempts = Number.MAX_SAFE_INTEGER;
  const manager = new LockManager({ nodes: [adapter], defaultTTL: TTL });
  return {
    async acquire(key) {
      const lock = createLock({ adapter, key, ttl: TTL, retryAttempts });
      const handle = await lock.acquire();
      return { release: () => lock.release(handle) };
    },
    async acquireAll(names) {
      const handles = await manager.acquireBatch([...names], { retryAttempts });
      return { release: () => manager.releaseBatch(handles) };
    },
    keep: (key, ttl) =>
      new Promise((resolve, reject) => {
        const work = async (): Promise<never> => {
          resolve(undefined);
          return forever();
        };
        createLock({ adapter, key, ttl, retryAttempts }).using(work).catch(reject);
      }),
  };
}
