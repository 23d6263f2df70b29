import { type RedisServer, startSentinels } from '@holdfast/support';
import { placeOf } from '../sentinel/place.js';
import { groundAt } from './redis-ground.js';
import type { Ground } from './scene.js';

/** A server of our own that lockers find by way of a sentinel. */
export async function sentinelGround(): Promise<Ground> {
  const group = await startSentinels({ sentinels: 1, replicas: 0 });
  return groundAt(group.servers[0] as RedisServer, { where: placeOf(group) }, group);
}
