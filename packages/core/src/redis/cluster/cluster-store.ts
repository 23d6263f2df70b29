import { Agenda } from '../../runtime/agenda.js';
import type { Clock } from '../../runtime/clock.js';
import { RedisUnsupportedError } from '../../errors.js';
import type { Grace } from '../../store/grace.js';
import type { LockStore, StoreListener, StoreSession } from '../../store/port.js';
import type { ReplicationTerms } from '../commit/replication.js';
import type { PoolLimits } from '../connections/pool.js';
import type { ClusterSource } from './cluster-source.js';
import { openClusterAt } from './open-cluster.js';

export interface ClusterStoreOptions {
  readonly source: ClusterSource;
  readonly clock: Clock;
  readonly pool: PoolLimits;
  /** How replicas are waited for; undefined: not at all. */
  readonly replication: ReplicationTerms | undefined;
}

/** Locks in a Redis Cluster that was given as one. */
export class ClusterStore implements LockStore {
  readonly address: string;
  readonly #options: ClusterStoreOptions;

  constructor(options: ClusterStoreOptions) {
    const [first] = options.source.seeds;
    this.address = (first ?? options.source.template).address;
    this.#options = options;
  }

  open(
    lockerId: string,
    listener: StoreListener,
    commandTimeout: number,
    grace?: Grace,
  ): Promise<StoreSession> {
    if (grace !== undefined) return Promise.reject(noGraceIn(this.address));
    const { source, clock, pool, replication } = this.#options;
    const agenda = new Agenda(clock);
    const { address } = this;
    return openClusterAt({
      ...source,
      address,
      lockerId,
      listener,
      clock,
      agenda,
      pool,
      commandTimeout,
      replication,
    });
  }
}

/** What a slot takes along when it moves does not say whether it is all that there was. */
export function noGraceIn(address: string): RedisUnsupportedError {
  return new RedisUnsupportedError(
    address,
    'grace: it is a node of a cluster, where there is none',
  );
}
