import { Agenda } from '../../runtime/agenda.js';
import type { Clock } from '../../runtime/clock.js';
import type { Grace } from '../../store/grace.js';
import type { LockStore, StoreListener, StoreSession } from '../../store/port.js';
import type { ReplicationTerms } from '../commit/replication.js';
import { keepingData } from '../connections/keeping-data.js';
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
    const { clock, pool, replication } = this.#options;
    const source = grace === undefined ? this.#options.source : keepingAll(this.#options.source);
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
      grace,
    });
  }
}

function keepingAll({ seeds, template, nodeAddressMap }: ClusterSource): ClusterSource {
  return { seeds: seeds.map(keepingData), template: keepingData(template), nodeAddressMap };
}
