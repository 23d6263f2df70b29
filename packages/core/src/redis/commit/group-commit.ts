import type { Operation, Patience, Reply } from '../../store/port.js';
import { type Agenda, Appointment } from '../../runtime/agenda.js';
import type { Clock } from '../../runtime/clock.js';
import { neutrally } from '../../runtime/neutral.js';
import { realTime } from '../../runtime/real-time.js';
import { byKind } from './batch.js';
import type { Connection } from '../connections/connection.js';
import type { Pool } from '../connections/pool.js';
import { Entry, failAll } from './entry.js';
import type { Exchange } from './exchange.js';
import { closed, notSent } from '../failures.js';
import { Flights } from './flights.js';
import { Outbox } from './outbox.js';
import type { ReplicationTerms } from './replication.js';

/** Operations in one batch at most, so that no script holds the server for long. */
const LARGEST_BATCH = 256;

/** See {@link GroupCommitOptions.worthSharing}. */
const WORTH_SHARING = 128;

/** Says batches to a server. */
export type Carrier = Pick<Exchange, 'carry' | 'close'>;

export interface GroupCommitOptions {
  readonly clock: Clock;
  readonly agenda: Agenda;
  /** In ms. */
  readonly commandTimeout: number;
  /** How replicas are waited for; default: not at all. */
  readonly replication?: ReplicationTerms | undefined;
  /**
   * A queue longer than this is shared among the idle connections, and worth another one: with one
   * batch under way, server and client take turns; with two, both work. Default: 128.
   */
  readonly worthSharing?: number;
}

/**
 * Sends operations to one server in batches: those that come up while every connection carries a
 * batch join the next one; with an idle connection a batch leaves at the end of the turn.
 */
export class GroupCommit {
  readonly #address: string;
  readonly #pool: Pool;
  readonly #clock: Clock;
  readonly #agenda: Agenda;
  readonly #outbox: Outbox;
  readonly #flights: Flights;
  readonly #exchange: Carrier;
  readonly #worthSharing: number;
  readonly #watch = new Appointment((now) => this.#onWatch(now));
  readonly #flush = (): void => {
    this.#flushing = false;
    this.#sendAll();
  };
  #flushing = false;
  #closed = false;

  constructor(address: string, pool: Pool, exchange: Carrier, options: GroupCommitOptions) {
    const { clock, agenda, commandTimeout, replication, worthSharing = WORTH_SHARING } = options;
    this.#address = address;
    this.#pool = pool;
    this.#clock = clock;
    this.#agenda = agenda;
    this.#outbox = new Outbox(commandTimeout);
    this.#flights = new Flights(pool, commandTimeout, replication?.timeout ?? 0);
    this.#exchange = exchange;
    this.#worthSharing = worthSharing;
    pool.onIdle = () => this.#flushSoon();
  }

  submit<O extends Operation>(operation: O, patience: Patience, reply: Reply<O>): void {
    // The script answers each operation with an outcome of its kind.
    this.add(new Entry(operation, patience, this.#clock.now(), reply));
  }

  add(entry: Entry): void {
    if (this.#closed) {
      realTime.queueMicrotask(() => entry.reply.failed(closed()));
      return;
    }
    this.#outbox.add(entry);
    this.#watchUntil(this.#outbox.due);
    this.#flushSoon();
  }

  /** Takes away, of what waits for a connection, what this server is not to be asked any more. */
  takeBack(isToGo: (entry: Entry) => boolean): Entry[] {
    return this.#outbox.takeBack(isToGo);
  }

  close(): void {
    this.#closed = true;
    this.#agenda.cancel(this.#watch);
    this.#exchange.close();
    failAll(
      this.takeBack(() => true),
      closed(),
    );
  }

  /** After the promises that this turn settles: what their callers submit goes along. */
  #flushSoon(): void {
    if (this.#flushing || this.#outbox.length === 0) return;
    this.#flushing = true;
    neutrally(() => realTime.nextTick(this.#flush));
  }

  #sendAll(): void {
    const now = this.#clock.now();
    const stale: Entry[] = [];
    while (this.#outbox.length > 0) {
      if (this.#outbox.length > this.#worthSharing) this.#pool.grow();
      const connection = this.#pool.take();
      if (connection === undefined) break;
      const share = Math.ceil(this.#outbox.length / (this.#pool.idle + 1));
      const size = Math.min(Math.max(share, this.#worthSharing), LARGEST_BATCH);
      const batch = this.#outbox.take(size, now, stale);
      if (batch.length === 0) this.#pool.putBack(connection, now);
      else void this.#send(batch, connection, now);
    }
    this.#failUnsent(stale);
  }

  async #send(batch: Entry[], connection: Connection, now: number): Promise<void> {
    batch.sort((one, other) => byKind(one.operation, other.operation));
    const silence = batch.reduce(
      (least, entry) => Math.min(least, entry.patience.silence),
      Infinity,
    );
    const flight = this.#flights.add(connection, now, silence);
    this.#watchUntil(flight.silence.due);
    await this.#exchange.carry(batch, flight);
    this.#flights.remove(flight);
    // Not when a connection was opened: a server that only ever says hello does not answer.
    if (connection.open) this.#outbox.heard(this.#clock.now());
    this.#pool.giveBack(connection);
  }

  #failUnsent(entries: readonly Entry[]): void {
    if (entries.length > 0) failAll(entries, notSent(this.#address, this.#pool.failure));
  }

  #watchUntil(due: number): void {
    if (due === Infinity || this.#closed || (this.#watch.scheduled && this.#watch.due <= due))
      return;
    this.#agenda.schedule(this.#watch, due);
  }

  /**
   * Gives up what has waited for too long, on a connection or for one. Is not called off when an
   * answer comes: answers come much more often than time runs out.
   */
  #onWatch(now: number): void {
    const expired = this.#outbox.expire(now);
    this.#watchUntil(Math.min(this.#outbox.due, this.#flights.judge(now)));
    this.#failUnsent(expired);
  }
}
