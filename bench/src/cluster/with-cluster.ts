import { startCluster } from '@holdfast/support';
import { nodeRedis } from '../contestants/clients.js';
import type { Observed } from '../workloads/setting.js';

/** Gives work a cluster of its own, for as long as it takes. */
export async function withCluster<T>(
  masters: number,
  work: (setting: Observed) => Promise<T>,
): Promise<T> {
  await using cluster = await startCluster({ masters, replicas: 0 });
  const clients = await Promise.all(cluster.nodes.map(({ url }) => nodeRedis(url)));
  // What one tells after the other is summed up like what one server tells.
  const info = async (section: string): Promise<string> => {
    const told = await Promise.all(clients.map((client) => client.info(section)));
    return told.join('\n');
  };
  try {
    return await work({ url: cluster.url, client: { info } });
  } finally {
    for (const client of clients) client.destroy();
  }
}
