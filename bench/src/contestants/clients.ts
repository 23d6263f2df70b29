import { Redis } from 'ioredis';
import { createClient } from 'redis';

/** As it is without options that change its type. */
export type NodeRedis = ReturnType<typeof createClient<{}, {}, {}, 3, {}>>;

/** One node-redis client with its defaults. */
export async function nodeRedis(url: string): Promise<NodeRedis> {
  const client = createClient({ url });
  client.on('error', () => {});
  await client.connect();
  return client;
}

/** One ioredis client with its defaults. */
export async function ioredis(url: string): Promise<Redis> {
  const client = new Redis(url, { lazyConnect: true });
  client.on('error', () => {});
  await client.connect();
  return client;
}
