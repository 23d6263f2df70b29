import type {
  RedisClientOptions,
  RedisFunctions,
  RedisModules,
  RedisScripts,
  RespVersions,
} from 'redis';

/** Options of a node-redis client, whatever its modules, its scripts and its protocol. */
export type NodeRedisOptions = RedisClientOptions<
  RedisModules,
  RedisFunctions,
  RedisScripts,
  RespVersions
>;

/** Options that other clients have where node-redis has none, and that it would not look at. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  host: 'redis.socket.host',
  port: 'redis.socket.port',
  path: 'redis.socket.path',
  tls: 'redis.socket.tls',
  family: 'redis.socket.family',
  keepAlive: 'redis.socket.keepAlive',
  noDelay: 'redis.socket.noDelay',
  connectTimeout: 'redis.socket.connectTimeout',
  db: 'redis.database',
  keyPrefix: "the locker's own keyPrefix",
};

/** @throws {TypeError} for an option that would have no effect. */
export function assertPlaced(options: object): void {
  for (const option of Object.keys(options)) {
    if (!Object.hasOwn(ELSEWHERE, option)) continue;
    throw new TypeError(
      `redis.${option}: node-redis has no such option; it is ${ELSEWHERE[option]}.`,
    );
  }
}
