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
  host: 'socket.host',
  port: 'socket.port',
  path: 'socket.path',
  tls: 'socket.tls',
  family: 'socket.family',
  keepAlive: 'socket.keepAlive',
  noDelay: 'socket.noDelay',
  connectTimeout: 'socket.connectTimeout',
  db: 'database',
};

/**
 * `where`: the option of ours that they were given as.
 *
 * @throws {TypeError} for an option that would have no effect.
 */
export function assertPlaced(options: object, where: string): void {
  for (const option of Object.keys(options)) {
    const place = option === 'keyPrefix' ? "the locker's own keyPrefix" : placeOf(option, where);
    if (place === undefined) continue;
    throw new TypeError(`${where}.${option}: node-redis has no such option; it is ${place}.`);
  }
}

function placeOf(option: string, where: string): string | undefined {
  return Object.hasOwn(ELSEWHERE, option) ? `${where}.${ELSEWHERE[option]}` : undefined;
}
