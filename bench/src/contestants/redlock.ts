import Redlock from 'redlock';
import { ioredis } from './clients.js';
import { type Contestant, forever, TTL } from './contestant.js';

/** Its way to wait as long as it takes is to try again without limit; its delays are its defaults. */
export async function open(url: string): Promise<Contestant> {
  const redlock = new Redlock([await ioredis(url)], { retryCount: -1 });
  return {
    acquire: (name) => redlock.acquire([`redlock:${name}`], TTL),
    acquireAll: (names) =>
      redlock.acquire(
        names.map((name) => `redlock:${name}`),
        TTL,
      ),
    keep: (name, ttl) =>
      new Promise((resolve, reject) => {
        const work = async (): Promise<never> => {
          resolve(undefined);
          return forever();
        };
        redlock.using([`redlock:${name}`], ttl, work).catch(reject);
      }),
  };
}
