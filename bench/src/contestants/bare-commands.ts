import { createHash, randomUUID } from 'node:crypto';
import { createClientPool } from 'redis';
import { ioredis, type NodeRedis, nodeRedis } from './clients.js';
import { type Contestant, TTL } from './contestant.js';

/** Gives a lock back if it is ours. */
export const SCRIPT = `
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0`;
const DIGEST = createHash('sha1').update(SCRIPT).digest('hex');

/** The two commands of a lock that nobody waits for and nobody renews. */
interface Commands {
  set(key: string, token: string): Promise<unknown>;
  compareAndDelete(key: string, token: string): Promise<unknown>;
}

type NodeRedisCommands = Pick<NodeRedis, 'set' | 'evalSha'>;

export async function openNodeRedis(url: string): Promise<Contestant> {
  const client = await nodeRedis(url);
  await client.scriptLoad(SCRIPT);
  return bare(onNodeRedis(client));
}

/** The pool with its defaults lends each command a connection of its own. */
export async function openNodeRedisPool(url: string): Promise<Contestant> {
  const pool = createClientPool({ url });
  pool.on('error', () => {});
  await pool.connect();
  await pool.scriptLoad(SCRIPT);
  return bare(onNodeRedis(pool));
}

export async function openIoredis(url: string): Promise<Contestant> {
  const client = await ioredis(url);
  await client.script('LOAD', SCRIPT);
  return bare({
    set: (key, token) => client.set(key, token, 'PX', TTL, 'NX'),
    compareAndDelete: (key, token) => client.evalsha(DIGEST, 1, key, token),
  });
}

function onNodeRedis(client: NodeRedisCommands): Commands {
  return {
    set: (key, token) =>
      client.set(key, token, { condition: 'NX', expiration: { type: 'PX', value: TTL } }),
    compareAndDelete: (key, token) => client.evalSha(DIGEST, { keys: [key], arguments: [token] }),
  };
}

/** With a token that costs next to nothing. */
export function bare(commands: Commands): Contestant {
  const process = randomUUID();
  let count = 0;
  return {
    async acquire(name) {
      count += 1;
      const token = `${process}/${count}`;
      if ((await commands.set(name, token)) !== 'OK') throw new Error(`${name} is busy.`);
      return {
        async release() {
          if ((await commands.compareAndDelete(name, token)) !== 1) {
            throw new Error(`${name} was lost.`);
          }
        },
      };
    },
  };
}
