import { createClient } from 'redis';
import type { NodeRedisOptions } from './node-redis-options.js';
import { greet } from './server.js';
import type { ConnectionSource, NodeRedisClient } from './client.js';
import { addressOf } from './url.js';

/** In ms. */
const DEFAULT_CONNECT_TIMEOUT = 5_000;

/** What is needed of a node-redis client to make more like it. */
interface DuplicableClient {
  readonly options?: object | undefined;
  /** Clients of ioredis are none: they have this. */
  readonly defineCommand?: undefined;
  duplicate(overrides?: never): object;
}

/** What is needed of a node-redis pool: to borrow a client. */
interface LendingPool {
  execute(task: never): Promise<unknown>;
}

/** A node-redis client or pool, of any supported version, with any modules. */
export type ClientTemplate = DuplicableClient | LendingPool;

export function isClientTemplate(value: unknown): value is ClientTemplate {
  if (typeof value !== 'object' || value === null) return false;
  // Clients of a cluster or of sentinels can be duplicated, too, but are not of one server.
  if ('masters' in value || 'getSentinelNode' in value) return false;
  return isDuplicable(value) || ('execute' in value && typeof value.execute === 'function');
}

/** Clients of ioredis have much of the same shape, and other options. */
export function isOfIoredis(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { defineCommand, status } = value as Record<'defineCommand' | 'status', unknown>;
  return typeof defineCommand === 'function' && typeof status === 'string';
}

/** Connections by options for node-redis. */
export function sourceOfOptions(
  options: NodeRedisOptions,
  connectTimeout?: number,
): ConnectionSource {
  const time = connectTimeout ?? options.socket?.connectTimeout ?? DEFAULT_CONNECT_TIMEOUT;
  const ours = { ...options, ...overrides(options, time) };
  // The copy is node-redis's own: it writes the parts of the URL into it.
  const create = (): DuplicableClient => createClient({ ...ours, socket: { ...ours.socket } });
  return sourceOf(time, addressOf(options), create);
}

/** Connections like those of a client or a pool that somebody else owns. */
export async function sourceOfClient(
  template: ClientTemplate,
  connectTimeout?: number,
): Promise<ConnectionSource> {
  const client = isDuplicable(template) ? template : await borrow(template);
  const options = (client.options ?? {}) as NodeRedisOptions;
  const time = connectTimeout ?? options.socket?.connectTimeout ?? DEFAULT_CONNECT_TIMEOUT;
  return sourceOf(time, addressOf(options), () => duplicate(client, overrides(options, time)));
}

/** A client like those of the pool, which keeps its own. */
async function borrow(pool: LendingPool): Promise<DuplicableClient> {
  const lending = pool as unknown as { execute(task: (lent: object) => object): Promise<object> };
  let client: object;
  try {
    client = await lending.execute((lent) => (isDuplicable(lent) ? duplicate(lent, {}) : lent));
  } catch (cause) {
    throw new TypeError('client: the pool lends no client; is it connected?', { cause });
  }
  if (isDuplicable(client)) return client;
  throw new TypeError('client: the pool lends something that is not a client of node-redis.');
}

/** The part of the options of a socket that is about an address, if it is not a path. */
interface Tcp {
  readonly host?: string | null | undefined;
}

function sourceOf(
  connectTimeout: number,
  address: string,
  create: () => DuplicableClient,
): ConnectionSource {
  let made: DuplicableClient | undefined;
  // Never connected. It has read the URL, and its options have the parts of it.
  const template = (): DuplicableClient => (made ??= create());
  return {
    address,
    connectTimeout,
    get host() {
      return tcpOf(template()).host ?? 'localhost';
    },
    create: () => create() as unknown as NodeRedisClient,
    check: (connection) => greet(connection, address),
    at: (host, port) => elsewhere(template(), connectTimeout, host, port),
  };
}

/** Connections to another server, like those that this client would open. */
function elsewhere(
  template: DuplicableClient,
  connectTimeout: number,
  host: string,
  port: number,
): ConnectionSource {
  const socket = { ...tcpOf(template), path: undefined, host, port };
  const address = addressOf({ socket });
  return {
    address,
    connectTimeout,
    host,
    create: () => duplicate(template, { url: undefined, socket }) as unknown as NodeRedisClient,
    check: (connection) => greet(connection, address),
    at: (otherHost, otherPort) => elsewhere(template, connectTimeout, otherHost, otherPort),
  };
}

function tcpOf({ options }: DuplicableClient): Tcp {
  return ((options as NodeRedisOptions).socket ?? {}) as Tcp;
}

function isDuplicable(value: object): value is DuplicableClient {
  return 'duplicate' in value && typeof value.duplicate === 'function' && 'options' in value;
}

function duplicate(client: DuplicableClient, options: object): DuplicableClient {
  return client.duplicate(options as never) as DuplicableClient;
}

/** What a connection of ours must not inherit: whatever acts on its own or changes replies. */
function overrides({ socket }: NodeRedisOptions, connectTimeout: number): object {
  return {
    socket: { ...socket, connectTimeout, reconnectStrategy: false, socketTimeout: undefined },
    commandOptions: { timeout: undefined },
    disableOfflineQueue: true,
    pingInterval: undefined,
    clientSideCache: undefined,
    maintNotifications: 'disabled',
  };
}
