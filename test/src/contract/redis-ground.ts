import type { LockerOptions } from '@holdfast/core';
import { type RedisServer, startRedis } from '@holdfast/support';
import { createClient } from 'redis';
import { until } from './patience.js';
import type { Ground } from './scene.js';

/** A way to one server, and what has to be done when nobody goes it any more. */
export interface Way {
  readonly where: Pick<
    LockerOptions,
    'url' | 'redis' | 'client' | 'sentinel' | 'replicas' | 'replicaTimeout'
  >;
  close?(): unknown;
}

/** A server of our own, which lockers reach by the way that is laid to it. */
export async function redisGround(
  lay: (redis: RedisServer) => Way | Promise<Way>,
): Promise<Ground> {
  const redis = await startRedis();
  return groundAt(redis, await lay(redis), redis);
}

/** The server that has the locks, and what is to be ended at last. */
export async function groundAt(
  { url }: RedisServer,
  way: Way,
  started: AsyncDisposable,
): Promise<Ground> {
  const witness = createClient({ url });
  await witness.connect();
  return {
    where: way.where,
    async queued(name, count) {
      const key = `holdfast:queue:lock:${name}`;
      await until(async () => (await witness.zCard(key)) === count, `${count} in line`);
    },
    async leftovers() {
      const keys = await witness.keys('*');
      return keys.filter((key) => key !== 'holdfast:clock');
    },
    async [Symbol.asyncDispose]() {
      await way.close?.();
      witness.destroy();
      await started[Symbol.asyncDispose]();
    },
  };
}
