import { type RedisCluster, type RedisServer, startCluster, startRedis } from '@holdfast/support';
import { baseOf, wakeChannelOf } from '../../../packages/core/dist/redis/commit/batch.js';
import { slotOf } from '../../../packages/core/dist/redis/cluster/slot.js';
import { tagOf } from '../../../packages/core/dist/redis/cluster/tag.js';
import type { RawClient } from '../redis/raw-client.js';
import { KEYS } from './steps.js';

/** What memory is compared with. */
export interface Place {
  readonly name: string;
  /** What stands before the names of all that is kept beside the locks. */
  readonly base: string;
  start(): Promise<RedisServer | RedisCluster>;
  /** On which a locker is told of grants. */
  channelOf(lockerId: string, admin: RawClient): Promise<string>;
}

export const SERVER: Place = {
  name: 'Redis',
  base: 'holdfast:',
  start: () => startRedis(),
  channelOf: async (lockerId) => `holdfast:wake:${lockerId}`,
};

/** All locks are in one slot. */
const tag = tagOf(slotOf(KEYS[0] as string));

export const CLUSTER: Place = {
  name: 'a cluster',
  base: baseOf(tag),
  start: () => startCluster({ masters: 1, replicas: 0 }),
  async channelOf(lockerId, admin) {
    return wakeChannelOf({ tag, node: String(await admin.command('CLUSTER', 'MYID')) }, lockerId);
  },
};
