import { Agenda } from '../runtime/agenda.js';
import type { Clock } from '../runtime/clock.js';
import type { Grace } from '../store/grace.js';
import type { LockStore, StoreListener, StoreSession } from '../store/port.js';
import { askAtOpening } from './at-opening.js';
import type { ClusterSessionOptions } from './cluster/cluster-session.js';
import type { ClusterSource } from './cluster/cluster-source.js';
import { openCluster } from './cluster/open-cluster.js';
import { dialectFor } from './commit/graced.js';
import type { ReplicationTerms } from './commit/replication.js';
import type { ConnectionSource } from './connections/client.js';
import type { Connection } from './connections/connection.js';
import { FirstContact } from './connections/first-contact.js';
import { keepingData } from './connections/keeping-data.js';
import { Pool, type PoolLimits } from './connections/pool.js';
import { countOpened } from './open-lockers.js';
import { RedisSession } from './redis-session.js';

export interface RedisStoreOptions {
  readonly source: ConnectionSource;
  readonly clock: Clock;
  readonly pool: PoolLimits;
  /** How replicas are waited for; undefined: not at all. */
  readonly replication?: ReplicationTerms | undefined;
}

/** Locks in one Redis server. */
export class RedisStore implements LockStore {
  readonly #options: RedisStoreOptions;

  get address(): string {
    return this.#options.source.address;
  }

  constructor(options: RedisStoreOptions) {
    this.#options = options;
  }

  async open(
    lockerId: string,
    listener: StoreListener,
    commandTimeout: number,
    grace?: Grace,
  ): Promise<StoreSession> {
    const { clock, pool: limits, replication } = this.#options;
    const source = grace === undefined ? this.#options.source : keepingData(this.#options.source);
    const dialect = dialectFor(grace, (left) => listener.graced?.(left, source.address));
    const agenda = new Agenda(clock);
    const contact = new FirstContact(source);
    const pool = new Pool(contact, { ...limits, clock, agenda });
    const terms = { lockerId, listener, clock, agenda, commandTimeout };
    try {
      await pool.open((connection) => askAtOpening(connection, grace, listener));
      if (contact.mode === 'cluster') {
        return await foundCluster(
          source,
          { ...terms, pool: limits, replication, grace },
          pool,
        ).finally(() => pool.close());
      }
    } catch (error) {
      pool.close();
      agenda.close();
      throw error;
    }
    const onClosed = countOpened(source.address);
    return new RedisSession({ source: contact, pool, ...terms, dialect, replication, onClosed });
  }
}

/** It is a node of a cluster: the others are reached as they call themselves, and as it is in all else. */
function foundCluster(
  source: ConnectionSource,
  terms: Omit<ClusterSessionOptions, keyof ClusterSource | 'address'>,
  pool: Pool,
): Promise<StoreSession> {
  const { address } = source;
  const cluster = { seeds: [source], template: source, nodeAddressMap: undefined };
  return openCluster({ ...terms, ...cluster, address }, pool.newest as Connection, source);
}
