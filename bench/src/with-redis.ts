import { startRedis } from '@holdfast/support';
import { nodeRedis } from './contestants/clients.js';
import type { Setting } from './workloads/setting.js';

/** Gives work a Redis server of its own, for as long as it takes. */
export async function withRedis<T>(work: (setting: Setting) => Promise<T>): Promise<T> {
  await using server = await startRedis();
  const { url } = server;
  const client = await nodeRedis(url);
  try {
    return await work({ url, client });
  } finally {
    client.destroy();
  }
}
