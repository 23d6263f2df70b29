import { Agenda } from '../../runtime/agenda.js';
import type { Clock } from '../../runtime/clock.js';
import type { Grace } from '../../store/grace.js';
import type { LockStore, StoreListener, StoreSession } from '../../store/port.js';
import { askAtOpening } from '../at-opening.js';
import { dialectFor } from '../commit/graced.js';
import type { ReplicationTerms } from '../commit/replication.js';
import { keepingData } from '../connections/keeping-data.js';
import { Pool, type PoolLimits } from '../connections/pool.js';
import { sourceOfOptions } from '../connections/source.js';
import { countOpened } from '../open-lockers.js';
import { RedisSession } from '../redis-session.js';
import { addressOfSentinels, Sentinels, type SentinelSource } from './sentinels.js';
import type { ResolvedSentinelOptions } from './sentinel-options.js';

export interface SentinelStoreOptions {
  readonly source: SentinelSource;
  readonly clock: Clock;
  readonly pool: PoolLimits;
  /** How replicas are waited for; undefined: not at all. */
  readonly replication: ReplicationTerms | undefined;
}

/** Where the sentinels are, and how they and the servers that they name are connected to. */
export function sentinelsOfOptions(
  options: ResolvedSentinelOptions,
  connectTimeout?: number,
): SentinelSource {
  const { name, roots, nodeAddressMap, nodeClientOptions, sentinelClientOptions } = options;
  // With RESP 2 a connection that listens can ask nothing. Both in one protocol, if nobody minds:
  // node-redis keeps one class of clients, and to make another takes longer than all else here.
  const RESP = 3;
  return {
    name,
    roots,
    nodeAddressMap,
    sentinels: sourceOfOptions({ ...sentinelClientOptions, RESP }, connectTimeout),
    servers: sourceOfOptions({ RESP, ...nodeClientOptions }, connectTimeout),
  };
}

/** Locks in whichever Redis server the sentinels name as the master. */
export class SentinelStore implements LockStore {
  readonly address: string;
  readonly #options: SentinelStoreOptions;

  constructor(options: SentinelStoreOptions) {
    this.address = addressOfSentinels(options.source);
    this.#options = options;
  }

  async open(
    lockerId: string,
    listener: StoreListener,
    commandTimeout: number,
    grace?: Grace,
  ): Promise<StoreSession> {
    const { clock, pool: limits, replication } = this.#options;
    const source = grace === undefined ? this.#options.source : keepingAll(this.#options.source);
    const agenda = new Agenda(clock);
    const timing = { clock, agenda };
    const sentinels = new Sentinels(source, timing);
    const pool = new Pool(sentinels, { ...limits, ...timing });
    pool.onFailed = () => void sentinels.review();
    try {
      await sentinels.open();
      await pool.open((connection) => askAtOpening(connection, grace, listener));
    } catch (error) {
      sentinels.close();
      agenda.close();
      throw error;
    }
    const countClosed = countOpened(this.address);
    return new RedisSession({
      source: sentinels,
      pool,
      lockerId,
      listener,
      commandTimeout,
      dialect: dialectFor(grace, (left) => listener.graced?.(left, sentinels.current.address)),
      replication,
      ...timing,
      onClosed: () => {
        sentinels.close();
        countClosed();
      },
    });
  }
}

/** Sentinels keep nothing. */
function keepingAll(source: SentinelSource): SentinelSource {
  return { ...source, servers: keepingData(source.servers) };
}
