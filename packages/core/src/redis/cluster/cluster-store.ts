import { Agenda } from '../../runtime/agenda.js';
import type { Clock } from '../../runtime/clock.js';
import type { LockStore, StoreListener, StoreSession } from '../../store/port.js';
import type { PoolLimits } from '../connections/pool.js';
import type { ClusterSource } from './cluster-source.js';
import { openClusterAt } from './open-cluster.js';

export interface ClusterStoreOptions {
  readonly source: ClusterSource;
  readonly clock: Clock;
  readonly pool: PoolLimits;
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

  open(lockerId: string, listener: StoreListener, commandTimeout: number): Promise<StoreSession> {
    const { source, clock, pool } = this.#options;
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
    });
  }
}
