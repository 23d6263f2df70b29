import { Agenda } from '../runtime/agenda.js';
import type { Clock } from '../runtime/clock.js';
import type { Grace } from '../store/grace.js';
import type {
  Failure,
  LockStore,
  Operation,
  Patience,
  Reply,
  StoreListener,
  StoreSession,
} from '../store/port.js';
import type { ConnectionSource } from './connections/client.js';
import type { Connection } from './connections/connection.js';
import { Pool, type PoolLimits } from './connections/pool.js';
import { PLAIN } from './commit/dialect.js';
import { graced } from './commit/graced.js';
import { GroupCommit } from './commit/group-commit.js';
import { keepingData } from './connections/keeping-data.js';
import { countOpened } from './open-lockers.js';
import { WakeChannel } from './wake/wake-channel.js';

export interface RedisStoreOptions {
  readonly source: ConnectionSource;
  readonly clock: Clock;
  readonly pool: PoolLimits;
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
    const { clock, pool: limits } = this.#options;
    const source = grace === undefined ? this.#options.source : keepingData(this.#options.source);
    const dialect = grace === undefined ? PLAIN : graced(grace, (left) => listener.graced?.(left));
    const agenda = new Agenda(clock);
    const pool = new Pool(source, { ...limits, clock, agenda });
    await pool.open();
    const commit = new GroupCommit(source.address, pool, {
      clock,
      agenda,
      commandTimeout,
      dialect,
    });
    const wake = new WakeChannel({
      source,
      lockerId,
      listener,
      clock,
      agenda,
      publish: (channel, message) => publish(pool.newest, channel, message),
    });
    pool.onLost = () => wake.probeAtOnce();
    pool.onRestored = () => {
      wake.probeAtOnce();
      listener.reconnected();
    };
    const closed = countOpened(source.address);
    return new RedisSession(source.address, { agenda, pool, commit, wake, closed });
  }
}

/** Beside the batch that the connection may carry. Resolves with the number of receivers. */
function publish(
  connection: Connection | undefined,
  channel: string,
  message: string,
): Promise<number> | undefined {
  return connection?.command(['SPUBLISH', channel, message]).then(Number);
}

/** What serves one server. */
interface Parts {
  readonly agenda: Agenda;
  readonly pool: Pool;
  readonly commit: GroupCommit;
  readonly wake: WakeChannel;
  readonly closed: () => void;
}

class RedisSession implements StoreSession {
  readonly address: string;
  readonly #agenda: Agenda;
  readonly #pool: Pool;
  readonly #commit: GroupCommit;
  readonly #wake: WakeChannel;
  readonly #closed: () => void;

  constructor(address: string, { agenda, pool, commit, wake, closed }: Parts) {
    this.address = address;
    this.#agenda = agenda;
    this.#pool = pool;
    this.#commit = commit;
    this.#wake = wake;
    this.#closed = closed;
  }

  get channel(): number {
    return this.#wake.number;
  }

  get outage(): Error | undefined {
    return this.#pool.outage;
  }

  submit<O extends Operation>(operation: O, patience: Patience, reply: Reply<O>): void {
    this.#commit.submit(operation, patience, reply);
  }

  listen(): Promise<Failure | undefined> {
    return this.#wake.listen();
  }

  doubt(channel: number, certain: boolean): void {
    this.#wake.doubt(channel, certain);
  }

  probe(): void {
    this.#wake.probe();
  }

  close(): void {
    this.#commit.close();
    this.#wake.close();
    this.#pool.close();
    this.#agenda.close();
    this.#closed();
  }
}
