import { Agenda } from '../runtime/agenda.js';
import type { Clock } from '../runtime/clock.js';
import type { LockStore, StoreListener, StoreSession } from '../store/port.js';
import type { ConnectionSource } from './connections/client.js';
import type { Connection } from './connections/connection.js';
import { RedisUnsupportedError } from '../errors.js';
import type { ReplicationTerms } from './commit/replication.js';
import { FirstContact } from './connections/first-contact.js';
import { Pool, type PoolLimits } from './connections/pool.js';
import { openCluster } from './cluster/open-cluster.js';
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
  ): Promise<StoreSession> {
    const { source, clock, pool: limits, replication } = this.#options;
    const agenda = new Agenda(clock);
    const contact = new FirstContact(source);
    const pool = new Pool(contact, { ...limits, clock, agenda });
    await pool.open();
    if (contact.mode === 'cluster') {
      if (replication !== undefined) {
        pool.close();
        throw new RedisUnsupportedError(source.address, 'replicas are not waited for in a cluster');
      }
      // Its nodes are reached as they call themselves, or as the seed is.
      const cluster = { seeds: [source], template: source, nodeAddressMap: undefined };
      const { address } = source;
      const terms = {
        ...cluster,
        address,
        lockerId,
        listener,
        clock,
        agenda,
        pool: limits,
        commandTimeout,
      };
      return openCluster(terms, pool.newest as Connection, source).finally(() => pool.close());
    }
    return new RedisSession({
      source: contact,
      pool,
      lockerId,
      listener,
      clock,
      agenda,
      commandTimeout,
      replication,
      onClosed: countOpened(source.address),
    });
  }
}
