import { defaultOwner, parseOwner } from './owner.js';
import { type Duration, parseDuration, show } from '../runtime/duration.js';
import {
  assertOptions,
  LONGEST_KEY,
  type OnOutage,
  parseMaxHold,
  parseMaxWaiting,
  parseOnOutage,
  parseRenew,
  parseTtl,
  parseWaitTimeout,
  parseWarnAfter,
  type ResolvedAcquireOptions,
} from './acquire-options.js';
import { type GraceOptions, parseGrace } from './grace-option.js';
import { type ModeOptions, resolveMode } from './mode.js';
import { assertPlaced, type NodeRedisOptions } from '../redis/connections/node-redis-options.js';
import { type ClientTemplate, isClientTemplate, isOfIoredis } from '../redis/connections/source.js';
import { parseUrl } from '../redis/connections/url.js';
import {
  type NodeRedisClusterOptions,
  parseClusterOptions,
  type ResolvedClusterOptions,
} from '../redis/cluster/cluster-options.js';
import { type ClusterClient, isClusterClient } from '../redis/cluster/cluster-source.js';
import {
  type NodeRedisSentinelOptions,
  parseSentinelOptions,
  type ResolvedSentinelOptions,
} from '../redis/sentinel/sentinel-options.js';
import type { ReplicationTerms } from '../redis/commit/replication.js';
import { assertWithinGrace, type Grace } from '../store/grace.js';
import type { LockStore } from '../store/port.js';
import { RESERVED_PREFIX } from '../store/protocol.js';

/** Connections for commands; one more is opened for waiting when it is first needed. */
export interface PoolOptions {
  /** Connections that are kept open. Default 1. */
  readonly min?: number | undefined;
  /** Connections that are opened at most under load. Default 2. */
  readonly max?: number | undefined;
}

/**
 * Options of `createLocker`. Give one of `url`, `redis`, `client`, `cluster`, `sentinel` and `store`, or
 * none: then it is the URL in the environment variable `REDIS_URL`, or `redis://localhost:6379`.
 */
export interface LockerOptions extends ModeOptions {
  /** `redis://user:password@host:6379/0`, `rediss://…` for TLS, or `unix:///path/to/socket`. */
  readonly url?: string | undefined;
  /** Options for node-redis. Reconnecting, the offline queue and command timeouts are ours. */
  readonly redis?: NodeRedisOptions | undefined;
  /**
   * A node-redis client, pool or cluster client to take the options from. It stays yours: we open our
   * own connections. That of a cluster has to be connected.
   */
  readonly client?: ClientTemplate | ClusterClient | undefined;
  /**
   * Options of node-redis's cluster client: `rootNodes`, `defaults` and `nodeAddressMap`, as they are
   * meant there; others count for nothing. Needed only where nodes differ from the one that is reached
   * first: a `url`, `redis` or `client` that leads to a node of a cluster is enough.
   */
  readonly cluster?: NodeRedisClusterOptions | undefined;
  /**
   * Options of node-redis's sentinel client: `name`, `sentinelRootNodes`, `nodeClientOptions`,
   * `sentinelClientOptions` and `nodeAddressMap`, as they are meant there. Locks are taken at whichever
   * server most of the sentinels name as the master.
   */
  readonly sentinel?: NodeRedisSentinelOptions | undefined;
  /** Where locks live, if not in Redis: `memoryStore()`. */
  readonly store?: LockStore | undefined;
  /** Stands before every lock name in Redis. Default `lock:`. */
  readonly keyPrefix?: string | undefined;
  /**
   * Who takes the locks, for people: it stands in each token, and so in the lock key, in errors and
   * events. At most 64 bytes; what is no visible ASCII, and `%`, `"` and `\`, takes three for each of
   * its bytes. Empty: nobody is named. Default: host name and process id, as in `web-3:4711`.
   */
  readonly owner?: string | undefined;
  /**
   * Listens from the start, and not only once a call has to wait: then a forced release is told to who
   * holds the lock at once. Costs one more connection. Default false.
   */
  readonly listen?: boolean | undefined;
  readonly pool?: PoolOptions | undefined;
  /** How long opening a connection may take. Default: as in node-redis's options, else 5 s. */
  readonly connectTimeout?: Duration | undefined;
  /**
   * So many replicas must have acknowledged a lock that is acquired, and each renewal, before it is
   * believed: a `NotReplicatedError` otherwise. In a cluster: of the master that has it. Default: none is
   * waited for.
   */
  readonly replicas?: number | undefined;
  /** How long replicas are waited for. Default 100 ms. */
  readonly replicaTimeout?: Duration | undefined;
  /** How long an operation may stay unanswered. Default 5 s. */
  readonly commandTimeout?: Duration | undefined;
  /**
   * Has held locks survive the loss of the server's data, and nobody let in too early: once the server
   * was started anew, replaced or flushed, nothing is granted for so long, and those who hold locks
   * renew, and thereby reclaim them. The same for all lockers with this `keyPrefix`. It must be longer
   * than any `ttl`, by 2 s and `lag`. In a cluster each slot has its own. Default: none; who takes it waits
   * for it at a first start, too.
   */
  readonly grace?: Duration | GraceOptions | undefined;
  /** Default for `acquire`. */
  readonly ttl?: Duration | undefined;
  /** Default for `acquire`. */
  readonly waitTimeout?: Duration | undefined;
  /** Default for `acquire`. */
  readonly renew?: boolean | undefined;
  /** Default for `acquire`. */
  readonly maxHold?: Duration | undefined;
  /** Default for `acquire`. */
  readonly warnAfter?: Duration | undefined;
  /** Default for `acquire`. */
  readonly maxWaiting?: number | undefined;
  /** Default for `acquire`. */
  readonly onOutage?: OnOutage | undefined;
}

export type Where =
  | { readonly kind: 'options'; readonly options: NodeRedisOptions }
  | { readonly kind: 'client'; readonly client: ClientTemplate }
  | { readonly kind: 'cluster'; readonly options: ResolvedClusterOptions }
  | { readonly kind: 'cluster client'; readonly client: ClusterClient }
  | { readonly kind: 'sentinel'; readonly options: ResolvedSentinelOptions }
  | { readonly kind: 'store'; readonly store: LockStore };

export interface ResolvedLockerOptions {
  readonly where: Where;
  readonly keyPrefix: string;
  /** As it is written in tokens. */
  readonly owner: string;
  readonly listen: boolean;
  readonly pool: { readonly min: number; readonly max: number };
  /** Undefined: that of node-redis's own options. */
  readonly connectTimeout: number | undefined;
  readonly commandTimeout: number;
  /** Undefined: no replica is waited for. */
  readonly replication: ReplicationTerms | undefined;
  readonly grace: Grace | undefined;
  readonly defaults: ResolvedAcquireOptions;
}

/** Far more than anybody has. */
const MOST_REPLICAS = 64;

const LOCKER_OPTIONS = [
  'url',
  'redis',
  'client',
  'cluster',
  'sentinel',
  'store',
  'keyPrefix',
  'owner',
  'listen',
  'pool',
  'connectTimeout',
  'commandTimeout',
  'replicas',
  'replicaTimeout',
  'grace',
  'ttl',
  'waitTimeout',
  'renew',
  'mode',
  'limit',
  'maxHold',
  'warnAfter',
  'maxWaiting',
  'onOutage',
];

export function resolveLockerOptions(options: LockerOptions): ResolvedLockerOptions {
  assertOptions('createLocker', options, LOCKER_OPTIONS);
  const { connectTimeout, commandTimeout = 5_000, keyPrefix = 'lock:', owner } = options;
  const { ttl = 30_000, waitTimeout = Infinity, renew = true } = options;
  const { maxHold = Infinity, warnAfter = 10_000 } = options;
  const { maxWaiting = Infinity, onOutage = 'throw', listen = false } = options;
  if (typeof keyPrefix !== 'string' || !keyPrefix.isWellFormed()) {
    throw new TypeError(`keyPrefix: ${show(keyPrefix)} is not a well-formed string.`);
  }
  if (keyPrefix.startsWith(RESERVED_PREFIX)) {
    throw new RangeError(
      `keyPrefix: '${RESERVED_PREFIX}' is reserved; no lock key begins with it.`,
    );
  }
  if (typeof listen !== 'boolean') throw new TypeError(`listen: ${show(listen)} is not a boolean.`);
  // Room for a name must be left.
  if (keyPrefix.length >= LONGEST_KEY) {
    throw new RangeError(
      `keyPrefix: it has ${keyPrefix.length} characters; ${LONGEST_KEY - 1} are allowed.`,
    );
  }
  const grace = parseGrace(options.grace, keyPrefix);
  const leaseTime = parseTtl(ttl);
  if (grace !== undefined) assertWithinGrace(leaseTime, grace);
  return {
    where: resolveWhere(options),
    keyPrefix,
    owner: owner === undefined ? defaultOwner() : parseOwner(owner),
    listen,
    pool: resolvePool(options.pool),
    connectTimeout:
      connectTimeout === undefined ? undefined : parseDuration('connectTimeout', connectTimeout, 1),
    commandTimeout: parseDuration('commandTimeout', commandTimeout, 1),
    replication: resolveReplication(options),
    grace: grace && { ...grace, ttl: leaseTime },
    defaults: {
      ttl: leaseTime,
      waitTimeout: parseWaitTimeout(waitTimeout),
      renew: parseRenew(renew),
      room: resolveMode({ mode: options.mode, limit: options.limit }, undefined),
      maxHold: parseMaxHold(maxHold),
      warnAfter: parseWarnAfter(warnAfter),
      maxWaiting: parseMaxWaiting(maxWaiting),
      onOutage: parseOnOutage(onOutage),
      signal: undefined,
      holdAtLeast: 0,
      group: undefined,
    },
  };
}

function resolveWhere(options: LockerOptions): Where {
  const given = (['url', 'redis', 'client', 'cluster', 'sentinel', 'store'] as const).filter(
    (option) => options[option] !== undefined,
  );
  if (given.length > 1) {
    throw new TypeError(`${given.join(' and ')}: give only one of them.`);
  }
  const { redis, client, cluster, sentinel, store } = options;
  if (redis !== undefined) {
    if (typeof redis !== 'object' || redis === null) {
      throw new TypeError(`redis: ${show(redis)} is not an object of options for node-redis.`);
    }
    assertPlaced(redis, 'redis');
    const { url, ...rest } = redis;
    return {
      kind: 'options',
      options: url === undefined ? rest : { ...rest, ...parseUrl('redis.url', url) },
    };
  }
  if (client !== undefined) {
    if (isOfIoredis(client)) {
      throw new TypeError(
        'client: this is a client of ioredis; give one of node-redis, or url, or options as redis.',
      );
    }
    if (isClusterClient(client)) return { kind: 'cluster client', client };
    if (isClientTemplate(client)) return { kind: 'client', client };
    throw new TypeError(`client: ${show(client)} is not a client or pool of node-redis.`);
  }
  if (cluster !== undefined) return { kind: 'cluster', options: parseClusterOptions(cluster) };
  if (sentinel !== undefined) return { kind: 'sentinel', options: parseSentinelOptions(sentinel) };
  if (store !== undefined) {
    if (typeof store === 'object' && store !== null && typeof store.open === 'function') {
      return { kind: 'store', store };
    }
    throw new TypeError(`store: ${show(store)} is not a store; give memoryStore().`);
  }
  if (options.url !== undefined) {
    return { kind: 'options', options: parseUrl('url', options.url) };
  }
  const { REDIS_URL } = process.env;
  // A variable that is set to nothing counts as not set.
  const url = REDIS_URL === undefined || REDIS_URL === '' ? 'redis://localhost:6379' : REDIS_URL;
  return { kind: 'options', options: parseUrl('REDIS_URL', url) };
}

/** @throws {TypeError} where there are no replicas to wait for. */
function resolveReplication(options: LockerOptions): ReplicationTerms | undefined {
  const { replicas, replicaTimeout = 100, store } = options;
  const timeout = parseDuration('replicaTimeout', replicaTimeout, 1);
  if (replicas === undefined) {
    if (options.replicaTimeout === undefined) return undefined;
    throw new TypeError('replicaTimeout: without replicas none is waited for.');
  }
  if (!Number.isInteger(replicas) || replicas < 1 || replicas > MOST_REPLICAS) {
    throw new RangeError(
      `replicas: ${show(replicas)} is not a whole number from 1 to ${MOST_REPLICAS}.`,
    );
  }
  if (store !== undefined) throw new TypeError('replicas and store: no store has replicas.');
  return { replicas, timeout };
}

function resolvePool(pool: PoolOptions | undefined): {
  readonly min: number;
  readonly max: number;
} {
  if (pool !== undefined) assertOptions('pool', pool, ['min', 'max']);
  const { min = 1 } = pool ?? {};
  const { max = Math.max(min, 2) } = pool ?? {};
  for (const [option, value] of Object.entries({ min, max })) {
    if (!Number.isInteger(value) || value < 1 || value > 64) {
      throw new RangeError(`pool.${option}: ${show(value)} is not a whole number from 1 to 64.`);
    }
  }
  if (min > max) throw new RangeError(`pool: min ${min} is more than max ${max}.`);
  return { min, max };
}
