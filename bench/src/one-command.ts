import { createHash, randomUUID } from 'node:crypto';
import { createClient } from 'redis';
import type { Contender } from './contender.js';

const COMPARE_AND_DELETE = `
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0`;

/**
 * The usual way: one command for each operation on one node-redis client, which sends them in a
 * pipeline. A token that costs nothing, no waiting, no renewal.
 */
export async function oneCommandEach(url: string): Promise<Contender> {
  const client = createClient({ url });
  client.on('error', () => {});
  await client.connect();
  await client.scriptLoad(COMPARE_AND_DELETE);
  const digest = createHash('sha1').update(COMPARE_AND_DELETE).digest('hex');
  const process = randomUUID();
  let count = 0;
  return {
    name: 'one command each',
    async cycle(key) {
      count += 1;
      const token = `${process}/${count}`;
      const taken = await client.set(key, token, {
        condition: 'NX',
        expiration: { type: 'PX', value: 30_000 },
      });
      if (taken !== 'OK') throw new Error(`${key} is busy.`);
      const released = await client.evalSha(digest, { keys: [key], arguments: [token] });
      if (released !== 1) throw new Error(`${key} was lost.`);
    },
    async [Symbol.asyncDispose]() {
      client.destroy();
    },
  };
}
