import type { Agenda } from '../runtime/agenda.js';
import type { Clock } from '../runtime/clock.js';
import { neutrally } from '../runtime/neutral.js';
import type {
  Failure,
  Grant,
  GrantChannel,
  Operation,
  Patience,
  Reply,
  StoreListener,
  StoreSession,
} from '../store/port.js';
import { lockerIdOf, RESERVED_PREFIX } from '../store/protocol.js';
import type { Catalogue, Showing, Span, Views } from '../store/view.js';
import type { Dialect } from './commit/dialect.js';
import { type Audience, Exchange } from './commit/exchange.js';
import { GroupCommit } from './commit/group-commit.js';
import type { ReplicationTerms } from './commit/replication.js';
import type { ConnectionSource } from './connections/client.js';
import type { Connection } from './connections/connection.js';
import type { Pool } from './connections/pool.js';
import { unlessClosed } from './failures.js';
import { RedisShowing } from './inspect/showing.js';
import { WAKE } from './script/state.js';
import { endOf } from './wake/message.js';
import { WakeChannel } from './wake/wake-channel.js';

export interface RedisSessionOptions {
  readonly source: ConnectionSource;
  /** Connections from there, the first of them open. */
  readonly pool: Pool;
  readonly lockerId: string;
  readonly listener: StoreListener;
  readonly clock: Clock;
  readonly agenda: Agenda;
  /** In ms. */
  readonly commandTimeout: number;
  readonly dialect: Dialect;
  /** How replicas are waited for; undefined: not at all. */
  readonly replication: ReplicationTerms | undefined;
  /** Called when all that belongs to the session is closed. */
  readonly onClosed: () => void;
}

/** One locker's line to the one server that has all of its locks. */
export class RedisSession implements StoreSession {
  readonly address: string;
  /** Who was handed a lock has not been told what the replicas have. */
  readonly confirmsPushes: boolean;
  readonly #source: ConnectionSource;
  readonly #agenda: Agenda;
  readonly #pool: Pool;
  readonly #commit: GroupCommit;
  readonly #wake: WakeChannel;
  readonly #showing: Showing;
  readonly #onClosed: () => void;
  #isClosed = false;

  constructor(options: RedisSessionOptions) {
    const { source, pool, listener, clock, agenda } = options;
    this.address = source.address;
    this.confirmsPushes = options.replication !== undefined;
    this.#source = source;
    this.#agenda = agenda;
    this.#pool = pool;
    this.#onClosed = options.onClosed;
    const audience: Audience = {
      lockerId: options.lockerId,
      hear: (message) => this.#wake.hear(message),
      missed: () => listener.reconnected(),
    };
    this.#commit = new GroupCommit(
      source.address,
      pool,
      new Exchange(clock, options.dialect, audience, options.replication),
      options,
    );
    this.#wake = new WakeChannel({
      source,
      lockerId: options.lockerId,
      listener,
      clock,
      agenda,
      publish: (channel, message) => publish(pool.newest, channel, message),
    });
    this.#showing = new RedisShowing({ address: source.address, pool, clock, agenda });
    pool.onLost = () => this.#wake.probeAtOnce();
    pool.onRestored = () => {
      this.#wake.probeAtOnce();
      listener.reconnected();
    };
  }

  channelOf(): GrantChannel {
    return this.#wake;
  }

  addressOf(): string {
    return (this.#source.current ?? this.#source).address;
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
    return unlessClosed(this.#showing.look(keys, span, silence), () => this.#isClosed);
  }

  browse(
    prefix: string,
    match: string,
    next: string | undefined,
    silence: number,
  ): Promise<Catalogue | Failure> {
    return unlessClosed(this.#showing.browse(prefix, match, next, silence), () => this.#isClosed);
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

/** Beside the batch that the connection may carry. Resolves with the number of receivers. */
function publish(
  connection: Connection | undefined,
  channel: string,
  message: string,
): Promise<number> | undefined {
  return connection?.command(['SPUBLISH', channel, message]).then(Number);
}
