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

/** All that node-redis 5 and 6 look at. The compiler sees to it that those of 6 are here. */
const KNOWN: Readonly<Record<Exclude<keyof NodeRedisOptions, 'keyPrefix'>, true>> &
  Readonly<Record<string, true>> = {
  url: true,
  socket: true,
  username: true,
  password: true,
  credentialsProvider: true,
  name: true,
  database: true,
  RESP: true,
  // Of 5 alone.
  unstableResp3: true,
  modules: true,
  functions: true,
  scripts: true,
  readonly: true,
  commandOptions: true,
  commandsQueueMaxLength: true,
  disableOfflineQueue: true,
  pingInterval: true,
  clientSideCache: true,
  emitInvalidate: true,
  disableClientInfo: true,
  clientInfoTag: true,
  maintNotifications: true,
  maintEndpointType: true,
  maintRelaxedCommandTimeout: true,
  maintRelaxedSocketTimeout: true,
  // Of 6 alone.
  himportRegistry: true,
};

/** What other clients have there, or people take to be there, and where it is. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  host: 'socket.host',
  port: 'socket.port',
  path: 'socket.path',
  tls: 'socket.tls',
  ca: 'socket.ca',
  cert: 'socket.cert',
  key: 'socket.key',
  servername: 'socket.servername',
  rejectUnauthorized: 'socket.rejectUnauthorized',
  family: 'socket.family',
  keepAlive: 'socket.keepAlive',
  noDelay: 'socket.noDelay',
  connectTimeout: 'socket.connectTimeout',
  user: 'username',
  db: 'database',
  // Node-redis 6 has one of its own, which acts on none of our commands.
  keyPrefix: "the locker's own keyPrefix",
};

/**
 * `where`: the option of ours that they were given as.
 *
 * @throws {TypeError} for an option that would have no effect: it says where it belongs.
 */
export function assertPlaced(options: object, where: string): void {
  for (const option of Object.keys(options)) {
    if (Object.hasOwn(ELSEWHERE, option)) {
      throw new TypeError(
        `${where}.${option}: this has no effect; it is ${placeOf(option, where)}.`,
      );
    }
    if (Object.hasOwn(KNOWN, option)) continue;
    throw new TypeError(
      `${where}.${option}: node-redis 5 and 6 have no such option; they have ` +
        `${Object.keys(KNOWN).join(', ')}. What only a newer one knows, give with a client of it.`,
    );
  }
  const { socket } = options as { readonly socket?: unknown };
  if (typeof socket !== 'object' || socket === null) return;
  // Its own are those of Node's sockets, of whatever version; ours are none of them.
  for (const option of Object.keys(socket)) {
    if (!Object.hasOwn(KNOWN, option)) continue;
    throw new TypeError(`${where}.socket.${option}: this has no effect; it is ${where}.${option}.`);
  }
}

function placeOf(option: string, where: string): string {
  const place = ELSEWHERE[option] as string;
  return option === 'keyPrefix' ? place : `${where}.${place}`;
}
