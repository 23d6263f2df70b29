import type { NodeRedisOptions } from './redis/connections/node-redis-options.js';
import { type Duration, parseDuration, show } from './duration.js';
import { RESERVED_PREFIX } from './protocol.js';
import { type ClientTemplate, isClientTemplate } from './redis/connections/source.js';
import { parseUrl } from './redis/connections/url.js';
import type { LockStore } from './store.js';

/** How an acquisition is kept. */
export interface HoldOptions {
  /**
   * How long the lease lasts without renewal: so long others wait for a holder that crashed.
   * From 10 ms. Default 30 s.
   */
  readonly ttl?: Duration | undefined;
  /** Renew in the background at a third of the ttl until released. Default true. */
  readonly renew?: boolean | undefined;
}

/** Options of `locker.tryAcquire`. */
export interface TryAcquireOptions extends HoldOptions {
  /** Gives up when aborted; the call then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** Options of `locker.acquire` and `locker.using`. */
export interface AcquireOptions extends TryAcquireOptions {
  /** How long to wait for a busy lock. 0 tries once. Default: `Infinity`, no limit. */
  readonly waitTimeout?: Duration | undefined;
}

/** Connections for commands; one more is opened for waiting when it is first needed. */
export interface PoolOptions {
  /** Connections that are kept open. Default 1. */
  readonly min?: number | undefined;
  /** Connections that are opened at most under load. Default 2. */
  readonly max?: number | undefined;
}

/**
 * Options of `createLocker`. Give one of `url`, `redis`, `client` and `store`, or none: then it is
 * the URL in the environment variable `REDIS_URL`, or `redis://localhost:6379`.
 */
export interface LockerOptions {
  /** `redis://user:password@host:6379/0`, `rediss://…` for TLS, or `unix:///path/to/socket`. */
  readonly url?: string | undefined;
  /** Options for node-redis. Reconnecting, the offline queue and command timeouts are ours. */
  readonly redis?: NodeRedisOptions | undefined;
  /** A node-redis client or pool to take the options from. It stays yours: we open our own. */
  readonly client?: ClientTemplate | undefined;
  /** Where locks live, if not in Redis: `memoryStore()`. */
  readonly store?: LockStore | undefined;
  /** Stands before every lock name in Redis. Default `lock:`. */
  readonly keyPrefix?: string | undefined;
  readonly pool?: PoolOptions | undefined;
  /** How long opening a connection may take. Default: as in node-redis's options, else 5 s. */
  readonly connectTimeout?: Duration | undefined;
  /** How long an operation may stay unanswered. Default 5 s. */
  readonly commandTimeout?: Duration | undefined;
  /** Default for `acquire`. */
  readonly ttl?: Duration | undefined;
  /** Default for `acquire`. */
  readonly waitTimeout?: Duration | undefined;
  /** Default for `acquire`. */
  readonly renew?: boolean | undefined;
}

export interface ResolvedAcquireOptions {
  readonly ttl: number;
  /** `Infinity`: no limit. */
  readonly waitTimeout: number;
  readonly renew: boolean;
  readonly signal: AbortSignal | undefined;
}

export type Where =
  | { readonly kind: 'options'; readonly options: NodeRedisOptions }
  | { readonly kind: 'client'; readonly client: ClientTemplate }
  | { readonly kind: 'store'; readonly store: LockStore };

export interface ResolvedLockerOptions {
  readonly where: Where;
  readonly keyPrefix: string;
  readonly pool: { readonly min: number; readonly max: number };
  /** Undefined: that of node-redis's own options. */
  readonly connectTimeout: number | undefined;
  readonly commandTimeout: number;
  readonly defaults: ResolvedAcquireOptions;
}

const SHORTEST_TTL = 10;

const LOCKER_OPTIONS = [
  'url',
  'redis',
  'client',
  'store',
  'keyPrefix',
  'pool',
  'connectTimeout',
  'commandTimeout',
  'ttl',
  'waitTimeout',
  'renew',
];

export function resolveLockerOptions(options: LockerOptions): ResolvedLockerOptions {
  assertOptions('createLocker', options, LOCKER_OPTIONS);
  const { connectTimeout, commandTimeout = 5_000, keyPrefix = 'lock:' } = options;
  const { ttl = 30_000, waitTimeout = Infinity, renew = true } = options;
  if (typeof keyPrefix !== 'string' || !keyPrefix.isWellFormed()) {
    throw new TypeError(`keyPrefix: ${show(keyPrefix)} is not a well-formed string.`);
  }
  return {
    where: resolveWhere(options),
    keyPrefix,
    pool: resolvePool(options.pool),
    connectTimeout:
      connectTimeout === undefined ? undefined : parseDuration('connectTimeout', connectTimeout, 1),
    commandTimeout: parseDuration('commandTimeout', commandTimeout, 1),
    defaults: {
      ttl: parseTtl(ttl),
      waitTimeout: parseWaitTimeout(waitTimeout),
      renew: parseRenew(renew),
      signal: undefined,
    },
  };
}

export function resolveAcquireOptions(
  method: 'acquire' | 'using',
  options: AcquireOptions | undefined,
  defaults: ResolvedAcquireOptions,
): ResolvedAcquireOptions {
  if (options === undefined) return defaults;
  assertOptions(method, options, ['ttl', 'renew', 'signal', 'waitTimeout']);
  const { waitTimeout, signal } = options;
  return {
    ...resolveHold(options, defaults),
    waitTimeout: waitTimeout === undefined ? defaults.waitTimeout : parseWaitTimeout(waitTimeout),
    signal: parseSignal(signal),
  };
}

export function resolveTryAcquireOptions(
  options: TryAcquireOptions | undefined,
  defaults: ResolvedAcquireOptions,
): ResolvedAcquireOptions {
  if (options !== undefined) assertOptions('tryAcquire', options, ['ttl', 'renew', 'signal']);
  const signal = parseSignal(options?.signal);
  return { ...resolveHold(options, defaults), waitTimeout: 0, signal };
}

export function resolveAdoptOptions(
  options: HoldOptions | undefined,
  defaults: { readonly ttl: number; readonly renew: boolean },
): { readonly ttl: number; readonly renew: boolean } {
  if (options !== undefined) assertOptions('adopt', options, ['ttl', 'renew']);
  return resolveHold(options, defaults);
}

function resolveHold(
  options: HoldOptions | undefined,
  defaults: { readonly ttl: number; readonly renew: boolean },
): { readonly ttl: number; readonly renew: boolean } {
  return {
    ttl: options?.ttl === undefined ? defaults.ttl : parseTtl(options.ttl),
    renew: options?.renew === undefined ? defaults.renew : parseRenew(options.renew),
  };
}

/** The lock key for a name, or why the name cannot be one. */
export function lockKey(keyPrefix: string, name: unknown): string {
  if (typeof name !== 'string') {
    throw new TypeError(`Lock name: ${show(name)} is not a string.`);
  }
  if (name === '') throw new TypeError('Lock name: must not be empty.');
  // A lone surrogate has no UTF-8: Redis would see the same key for different names.
  if (!name.isWellFormed()) throw new TypeError('Lock name: contains half a surrogate pair.');
  const key = keyPrefix + name;
  if (key.startsWith(RESERVED_PREFIX)) {
    throw new RangeError(
      `Lock name: the key '${key}' begins with '${RESERVED_PREFIX}', which is reserved.`,
    );
  }
  return key;
}

export function parseTtl(value: unknown): number {
  return parseDuration('ttl', value, SHORTEST_TTL);
}

function parseWaitTimeout(value: unknown): number {
  return value === Infinity ? Infinity : parseDuration('waitTimeout', value, 0);
}

function parseRenew(value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw new TypeError(`renew: ${show(value)} is not a boolean.`);
}

function parseSignal(value: unknown): AbortSignal | undefined {
  if (value === undefined || value instanceof AbortSignal) return value;
  throw new TypeError(`signal: ${show(value)} is not an AbortSignal.`);
}

function resolveWhere(options: LockerOptions): Where {
  const given = (['url', 'redis', 'client', 'store'] as const).filter(
    (option) => options[option] !== undefined,
  );
  if (given.length > 1) {
    throw new TypeError(`${given.join(' and ')}: give only one of them.`);
  }
  const { redis, client, store } = options;
  if (redis !== undefined) {
    if (typeof redis !== 'object' || redis === null) {
      throw new TypeError(`redis: ${show(redis)} is not an object of options for node-redis.`);
    }
    const { url, ...rest } = redis;
    return {
      kind: 'options',
      options: url === undefined ? rest : { ...rest, ...parseUrl('redis.url', url) },
    };
  }
  if (client !== undefined) {
    if (isClientTemplate(client)) return { kind: 'client', client };
    throw new TypeError(`client: ${show(client)} is not a client or pool of node-redis.`);
  }
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

/** A misspelt option would be a default in disguise. */
function assertOptions(what: string, options: unknown, allowed: readonly string[]): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new TypeError(`${what}: the options are ${show(options)}, not an object.`);
  }
  for (const option of Object.keys(options)) {
    if (allowed.includes(option)) continue;
    throw new TypeError(`${what}: no option '${option}'; there are ${allowed.join(', ')}.`);
  }
}
