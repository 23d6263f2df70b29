import type { LockerOptions } from '@holdfast/core';
import { type RedisCluster, type RedisClusterOptions, startCluster } from '@holdfast/support';
import { baseOf } from '../../../packages/core/dist/redis/commit/batch.js';
import { slotOf } from '../../../packages/core/dist/redis/cluster/slot.js';
import { tagOf } from '../../../packages/core/dist/redis/cluster/tag.js';
import { RawClient } from '../redis/raw-client.js';
import { until } from './patience.js';
import type { Ground } from './scene.js';

/** A way to a cluster, and what has to be done when nobody goes it any more. */
export interface ClusterWay {
  readonly where: Pick<LockerOptions, 'url' | 'redis' | 'client'>;
  close?(): unknown;
}

/** A cluster of our own, which lockers reach by the way that is laid to it. */
export async function clusterGround(
  lay: (cluster: RedisCluster) => ClusterWay | Promise<ClusterWay>,
  options: RedisClusterOptions = { replicas: 0 },
): Promise<Ground> {
  const cluster = await startCluster(options);
  const way = await lay(cluster);
  const masters = cluster.nodes.slice(0, options.masters ?? 3);
  const witnesses = await Promise.all(masters.map(({ url }) => RawClient.open(url)));
  return {
    where: way.where,
    async queued(name, count) {
      const line = lineOf(`lock:${name}`);
      await until(async () => (await lengthOf(line, witnesses)) === count, `${count} in line`);
    },
    async leftovers() {
      const keys = await Promise.all(witnesses.map((witness) => witness.command('KEYS', '*')));
      return (keys as string[][]).flat().filter((key) => !/^holdfast:\{\w{3}\}:clock$/.test(key));
    },
    async [Symbol.asyncDispose]() {
      await way.close?.();
      for (const witness of witnesses) await witness[Symbol.asyncDispose]();
      await cluster[Symbol.asyncDispose]();
    },
  };
}

/** The key of the line of a lock. */
function lineOf(key: string): string {
  return `${baseOf(tagOf(slotOf(key)))}queue:${key}`;
}

/** Of a line, at whichever master it is. */
async function lengthOf(line: string, masters: readonly RawClient[]): Promise<number> {
  const lengths = await Promise.all(
    masters.map((master) => master.command('ZCARD', line).catch(() => 0)),
  );
  return Math.max(...lengths.map(Number));
}
