import { Agenda } from '../runtime/agenda.js';
import type { Clock } from '../runtime/clock.js';
import { neutrally } from '../runtime/neutral.js';
import type { Grace } from '../store/grace.js';
import type {
  Failure,
  Grant,
  GrantChannel,
  LockStore,
  Operation,
  Patience,
  Reply,
  StoreListener,
  StoreSession,
} from '../store/port.js';
import type { Catalogue, Showing, Span, Views } from '../store/view.js';
import type { ConnectionSource } from './connections/client.js';
import type { Connection } from './connections/connection.js';
import { FirstContact } from './connections/first-contact.js';
import { Pool, type PoolLimits } from './connections/pool.js';
import { Exchange } from './commit/exchange.js';
import { noGraceIn } from './cluster/cluster-store.js';
import { PLAIN } from './commit/dialect.js';
import { graced } from './commit/graced.js';
import { GroupCommit } from './commit/group-commit.js';
import type { ClusterSessionOptions } from './cluster/cluster-session.js';
import type { ClusterSource } from './cluster/cluster-source.js';
import { openCluster } from './cluster/open-cluster.js';
import { lockerIdOf, RESERVED_PREFIX } from '../store/protocol.js';
import { keepingData } from './connections/keeping-data.js';
import { closed } from './failures.js';
import { RedisShowing } from './inspect/showing.js';
import { countOpened } from './open-lockers.js';
import { askForRights } from './rights.js';
import { WAKE } from './script/state.js';
import { endOf } from './wake/message.js';
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
    const contact = new FirstContact(source);
    const pool = new Pool(contact, { ...limits, clock, agenda });
    await pool.open((connection) =>
      connection.facts?.mode === 'cluster'
        ? Promise.resolve()
        : connection.prepare(() => askForRights(connection)),
    );
    if (contact.mode === 'cluster') {
      if (grace !== undefined) {
        pool.close();
        throw noGraceIn(source.address);
      }
      const terms = { lockerId, listener, clock, agenda, pool: limits, commandTimeout };
      return foundCluster(source, terms, pool).finally(() => pool.close());
    }
    const exchange = new Exchange(source.address, clock, dialect);
    const commit = new GroupCommit(source.address, pool, exchange, {
      clock,
      agenda,
      commandTimeout,
    });
    const wake = new WakeChannel({
      source: contact,
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
    const closing = countOpened(source.address);
    const showing = new RedisShowing({ address: source.address, pool, clock, agenda });
    return new RedisSession(source.address, {
      agenda,
      pool,
      commit,
      wake,
      showing,
      closed: closing,
    });
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
  readonly showing: Showing;
  readonly closed: () => void;
}

class RedisSession implements StoreSession {
  readonly address: string;
  readonly #agenda: Agenda;
  readonly #pool: Pool;
  readonly #commit: GroupCommit;
  readonly #wake: WakeChannel;
  readonly #showing: Showing;
  readonly #onClosed: () => void;
  #isClosed = false;

  constructor(address: string, { agenda, pool, commit, wake, showing, closed: onClosed }: Parts) {
    this.address = address;
    this.#agenda = agenda;
    this.#pool = pool;
    this.#commit = commit;
    this.#wake = wake;
    this.#showing = showing;
    this.#onClosed = onClosed;
  }

  channelOf(): GrantChannel {
    return this.#wake;
  }

  addressOf(): string {
    return this.address;
  }

  outageOf(): Error | undefined {
    return this.#pool.outage;
  }

  areTogether(): boolean {
    return true;
  }

  submit<O extends Operation>(operation: O, patience: Patience, reply: Reply<O>): void {
    this.#commit.submit(operation, patience, reply);
  }

  listen(): Promise<Failure | undefined> {
    return this.#wake.listen();
  }

  announce(grant: Grant): void {
    const channel = RESERVED_PREFIX + WAKE + lockerIdOf(grant.token);
    void neutrally(() => publish(this.#pool.newest, channel, endOf(grant))?.catch(() => {}));
  }

  look(keys: readonly string[], span: Span, silence: number): Promise<Views | Failure> {
    return this.#unlessClosed(this.#showing.look(keys, span, silence));
  }

  browse(
    prefix: string,
    match: string,
    next: string | undefined,
    silence: number,
  ): Promise<Catalogue | Failure> {
    return this.#unlessClosed(this.#showing.browse(prefix, match, next, silence));
  }

  /** Whatever kept it from being answered, if the session was closed meanwhile. */
  async #unlessClosed<T extends Views | Catalogue>(
    asked: Promise<T | Failure>,
  ): Promise<T | Failure> {
    const answer = await asked;
    const failed = answer.kind !== 'views' && answer.kind !== 'catalogue';
    return failed && this.#isClosed ? closed() : answer;
  }

  close(): void {
    this.#isClosed = true;
    this.#commit.close();
    this.#wake.close();
    this.#pool.close();
    this.#agenda.close();
    this.#onClosed();
  }
}
