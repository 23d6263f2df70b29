import { randomBytes } from 'node:crypto';
import { systemClock } from '../runtime/clock.js';
import { nonce } from '../runtime/nonce.js';
import { Engine } from '../engine/engine.js';
import { Locker } from './locker.js';
import {
  type LockerOptions,
  type ResolvedLockerOptions,
  resolveLockerOptions,
} from './locker-options.js';
import { sourceOfClient, sourceOfOptions } from '../redis/connections/source.js';
import { clusterOfClient, clusterOfOptions } from '../redis/cluster/cluster-source.js';
import { ClusterStore } from '../redis/cluster/cluster-store.js';
import { RedisStore } from '../redis/redis-store.js';
import { sentinelsOfOptions, SentinelStore } from '../redis/sentinel/sentinel-store.js';
import type { LockStore } from '../store/port.js';

/**
 * Makes a locker, connected.
 *
 * @example
 * ```ts
 * await using locker = await createLocker({ url: 'redis://localhost:6379' });
 * ```
 *
 * @throws {TypeError | RangeError} for a bad option, or where there is no `Symbol.asyncDispose`, before
 *   anything is opened.
 * @throws {RedisUnreachableError} if the server does not answer within `connectTimeout`.
 * @throws {RedisRefusedError} if it answers with an error, such as a wrong password, or if the user lacks
 *   a right that every locker needs: the message names it.
 * @throws {RedisUnsupportedError} if it is too old, or a replica; with `grace`, if it can drop a lock to
 *   make room, or does not tell who it is.
 * @throws {GraceMismatchError} if others with this `keyPrefix` count on a shorter grace than the `ttl` needs.
 *   After an error nothing is left open.
 */
export async function createLocker(options: LockerOptions = {}): Promise<Locker> {
  assertDisposable();
  const resolved = resolveLockerOptions(options);
  const store = await storeOf(resolved);
  const engine = await Engine.open(store, {
    // 128 random bits: no two lockers ever share an id.
    lockerId: randomBytes(16).toString('base64url'),
    nonce,
    owner: resolved.owner,
    clock: store.clock ?? systemClock,
    commandTimeout: resolved.commandTimeout,
    grace: resolved.grace,
    listen: resolved.listen,
  });
  return new Locker(engine, resolved.keyPrefix, resolved.defaults);
}

async function storeOf(options: ResolvedLockerOptions): Promise<LockStore> {
  const { where, pool, connectTimeout, replication } = options;
  const redis = { clock: systemClock, pool, replication };
  switch (where.kind) {
    case 'options':
      return new RedisStore({ ...redis, source: sourceOfOptions(where.options, connectTimeout) });
    case 'client':
      return new RedisStore({
        ...redis,
        source: await sourceOfClient(where.client, connectTimeout),
      });
    case 'cluster':
      return new ClusterStore({
        ...redis,
        source: clusterOfOptions(where.options, connectTimeout),
      });
    case 'cluster client':
      return new ClusterStore({
        ...redis,
        source: await clusterOfClient(where.client, connectTimeout),
      });
    case 'sentinel':
      return new SentinelStore({
        ...redis,
        source: sentinelsOfOptions(where.options, connectTimeout),
      });
    case 'store':
      return where.store;
  }
}

/**
 * `await using` asks for the symbol when the lock is held already: without it, the lock would stay, and
 * renew itself for ever.
 */
function assertDisposable(): void {
  const { asyncDispose } = Symbol as { readonly asyncDispose?: symbol };
  if (asyncDispose !== undefined && asyncDispose in Locker.prototype) return;
  throw new TypeError(
    'createLocker: this environment has no Symbol.asyncDispose, which `await using` needs. Before ' +
      "@holdfast/core is loaded, run: Symbol.asyncDispose ??= Symbol.for('nodejs.asyncDispose'). " +
      'Jest has the symbol since version 30.',
  );
}
