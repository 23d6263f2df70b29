import { type RedisClusterOptions, startCluster, startRedis } from '@holdfast/support';
import { nodeRedis } from '../contestants/clients.js';
import { ADDRESS_OF_ONE } from '../contestants/clustered.js';
import type { Lined } from '../workloads/setting.js';

/** What stands before the lock key in the name of a line, where there is one server. */
const LINE = 'holdfast:queue:';

/** Gives work a cluster of its own, with a server beside it, for as long as it takes. */
export async function withCluster<T>(
  options: RedisClusterOptions,
  work: (setting: Lined) => Promise<T>,
): Promise<T> {
  await using cluster = await startCluster({ replicas: 0, ...options });
  await using one = await startRedis();
  process.env[ADDRESS_OF_ONE] = one.url;
  const clients = await Promise.all([one, ...cluster.nodes].map(({ url }) => nodeRedis(url)));
  // What one tells after the other is summed up like what one server tells.
  const info = async (section?: string): Promise<string> => {
    const told = await Promise.all(clients.map((client) => client.info(section)));
    return told.join('\n');
  };
  const zCard = async (line: unknown): Promise<number> => {
    const name = `holdfast:{*}:queue:${String(line).slice(LINE.length)}`;
    const lengths = clients.map(async (client) => {
      const [key] = await client.keys(name);
      return key === undefined ? 0 : client.zCard(key);
    });
    return Math.max(...(await Promise.all(lengths)));
  };
  try {
    return await work({ url: cluster.url, client: { info, zCard } as Lined['client'] });
  } finally {
    for (const client of clients) client.destroy();
  }
}
