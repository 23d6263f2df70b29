/** Holds if it compiles: which clients a locker takes. Never run. */
import { createLocker } from '@holdfast/core';
import * as redis6 from 'redis';
import * as redis5 from 'redis5';

export async function clients(): Promise<void> {
  await createLocker({ client: redis6.createClient() });
  await createLocker({ client: redis6.createClient({ RESP: 2 }) });
  await createLocker({ client: redis6.createClient({ RESP: 3, modules: {}, scripts: {} }) });
  await createLocker({ client: await redis6.createClient().connect() });
  await createLocker({ client: redis5.createClient() });
  await createLocker({ client: redis5.createClient({ RESP: 3 }) });
  const mapping = { typeMapping: { [redis6.RESP_TYPES.NUMBER]: String } };
  await createLocker({ client: redis6.createClient({ commandOptions: mapping }) });
  await createLocker({ client: redis6.createClient().withCommandOptions(mapping) });
}

export async function pools(): Promise<void> {
  await createLocker({ client: redis6.createClientPool() });
  await createLocker({ client: redis6.createClientPool({ RESP: 2 }, { maximum: 4 }) });
  await createLocker({ client: redis5.createClientPool() });
  await createLocker({ client: redis5.createClientPool({ RESP: 3 }) });
}

export async function declaredTypes(
  client: redis6.RedisClientType,
  pool: redis6.RedisClientPoolType,
  client5: redis5.RedisClientType,
  pool5: redis5.RedisClientPoolType,
): Promise<void> {
  for (const each of [client, pool, client5, pool5]) await createLocker({ client: each });
}

export async function options(): Promise<void> {
  await createLocker({ redis: { url: 'redis://localhost:6379', database: 3 } });
  await createLocker({ redis: { socket: { host: 'localhost', port: 6379, tls: true } } });
  await createLocker({ redis: { socket: { path: '/run/redis.sock', tls: false } } });
  await createLocker({ redis: { username: 'worker', password: 'secret', RESP: 2 } });
  await createLocker({ redis: { RESP: 3, modules: {}, scripts: {} } });
  // @ts-expect-error -- not an option of node-redis
  await createLocker({ redis: { hostname: 'localhost' } });
  // @ts-expect-error -- not a client
  await createLocker({ client: { get: () => 'value' } });
}

export async function sentinels(
  group: redis6.RedisSentinelOptions,
  group5: redis5.RedisSentinelOptions,
): Promise<void> {
  await createLocker({ sentinel: group });
  await createLocker({ sentinel: group5 });
}
