import { type RedisCluster, type RedisServer, startCluster, startRedis } from '@holdfast/support';
import { baseOf, wakeChannelOf } from '../../../packages/core/dist/redis/commit/batch.js';
import { slotOf } from '../../../packages/core/dist/redis/cluster/slot.js';
import { tagOf } from '../../../packages/core/dist/redis/cluster/tag.js';
import type { RawClient } from '../redis/raw-client.js';
import { KEYS } from './steps.js';

/** `HOLDFAST_EQUIVALENCE_TOPOLOGY=cluster` compares with a cluster. All locks are in one slot of it. */
const isCluster = process.env['HOLDFAST_EQUIVALENCE_TOPOLOGY'] === 'cluster';
const tag = tagOf(slotOf(KEYS[0] as string));

/** What stands before the names of all that is kept beside the locks. */
export const BASE: string = isCluster ? baseOf(tag) : 'holdfast:';

export function startPlace(): Promise<RedisServer | RedisCluster> {
  return isCluster ? startCluster({ masters: 1, replicas: 0 }) : startRedis();
}

/** On which a locker is told of grants. */
export async function channelOf(lockerId: string, admin: RawClient): Promise<string> {
  if (!isCluster) return `${BASE}wake:${lockerId}`;
  return wakeChannelOf({ tag, node: String(await admin.command('CLUSTER', 'MYID')) }, lockerId);
}
