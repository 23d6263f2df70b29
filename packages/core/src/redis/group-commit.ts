import type { Failure, Operation, Patience, Reply } from '../store/port.js';
import { type Agenda, Appointment } from '../runtime/agenda.js';
import type { Clock } from '../runtime/clock.js';
import { neutrally } from '../runtime/neutral.js';
import { decode, type Outcome } from './batch-reply.js';
import { byKind, encode } from './batch.js';
import type { Connection } from './connections/connection.js';
import type { Pool } from './connections/pool.js';
import { Entry } from './entry.js';
import { closed, notSent, refused, unanswered } from './failures.js';
import { type Flight, Flights } from './flights.js';
import { Outbox } from './outbox.js';
import { codeOf, isForOneKey } from './refusal.js';
import { SCRIPT } from './script/index.js';

/** Operations in one batch at most, so that no script holds the server for long. */
const LARGEST_BATCH = 256;

/**
 * A queue longer than this is shared among the idle connections, and worth another one: with one
 * batch under way, server and client take turns; with two, both work.
 */
const WORTH_SHARING = 128;

export interface GroupCommitOptions {
  readonly clock: Clock;
  readonly agenda: Agenda;
  /** In ms. */
  readonly commandTimeout: number;
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
  readonly #watch = new Appointment((now) => this.#onWatch(now));
  readonly #flush = (): void => {
    this.#flushing = false;
    this.#sendAll();
  };
  #flushing = false;
  #closed = false;

  constructor(address: string, pool: Pool, { clock, agenda, commandTimeout }: GroupCommitOptions) {
    this.#address = address;
    this.#pool = pool;
    this.#clock = clock;
    this.#agenda = agenda;
    this.#outbox = new Outbox(commandTimeout);
    this.#flights = new Flights(commandTimeout);
    pool.onIdle = (now) => {
      // A connection becomes idle when it has answered.
      this.#outbox.heard(now);
      this.#flushSoon();
    };
  }

  submit<O extends Operation>(operation: O, patience: Patience, reply: Reply<O>): void {
    if (this.#closed) {
      queueMicrotask(() => reply.failed(closed()));
      return;
    }
    // The script answers each operation with an outcome of its kind.
    this.#outbox.add(new Entry(operation, patience, this.#clock.now(), reply));
    this.#watchUntil(this.#outbox.due);
    this.#flushSoon();
  }

  close(): void {
    this.#closed = true;
    this.#agenda.cancel(this.#watch);
    this.#failAll(this.#outbox.takeAll(), closed());
  }

  /** After the promises that this turn settles: what their callers submit goes along. */
  #flushSoon(): void {
    if (this.#flushing || this.#outbox.length === 0) return;
    this.#flushing = true;
    neutrally(() => process.nextTick(this.#flush));
  }

  #sendAll(): void {
    const now = this.#clock.now();
    const stale: Entry[] = [];
    while (this.#outbox.length > 0) {
      if (this.#outbox.length > WORTH_SHARING) this.#pool.grow();
      const connection = this.#pool.take();
      if (connection === undefined) break;
      const share = Math.ceil(this.#outbox.length / (this.#pool.idle + 1));
      const size = Math.min(Math.max(share, WORTH_SHARING), LARGEST_BATCH);
      const batch = this.#outbox.take(size, now, stale);
      if (batch.length === 0) this.#pool.putBack(connection, now);
      else void this.#send(batch, connection, now);
    }
    this.#failUnsent(stale);
  }

  async #send(batch: Entry[], connection: Connection, now: number): Promise<void> {
    batch.sort((one, other) => byKind(one.operation, other.operation));
    const silence = batch.reduce((least, entry) => Math.min(least, entry.silence), Infinity);
    const flight = this.#flights.add(connection, now, silence);
    this.#watchUntil(flight.silence.due);
    await this.#fly(batch, flight);
    this.#flights.remove(flight);
    this.#pool.giveBack(connection);
  }

  /** Never rejects. */
  async #fly(batch: readonly Entry[], flight: Flight): Promise<void> {
    const operations = batch.map((entry) => entry.operation);
    let reply: unknown;
    try {
      reply = await this.#run(encode(operations), flight);
    } catch (error) {
      // A rejection on a connection that still stands is an error reply: the server was heard.
      const heard = flight.connection.open && error instanceof Error;
      if (heard && batch.length > 1 && isForOneKey(error.message))
        await this.#scatter(batch, flight);
      else if (heard) this.#refuse(batch, error, flight.connection);
      else this.#failAll(batch, unanswered(this.#address, error));
      return;
    }
    let outcomes: readonly (Outcome | Error)[];
    try {
      outcomes = decode(reply, operations);
    } catch (error) {
      this.#failAll(batch, unanswered(this.#address, error));
      return;
    }
    this.#deliver(batch, outcomes, flight.connection);
  }

  /**
   * Sends each again by itself: the batch was refused for the keys of some, and nothing of it ran.
   * All in one go, so that they keep their order.
   */
  async #scatter(batch: readonly Entry[], flight: Flight): Promise<void> {
    flight.silence.broken(this.#clock.now());
    await Promise.all(batch.map((entry) => this.#fly([entry], flight)));
  }

  /** NOSCRIPT: nothing ran, the server was restarted or its scripts were flushed. */
  async #run(command: string[], { connection, silence }: Flight): Promise<unknown> {
    try {
      return await connection.command(command);
    } catch (error) {
      if (!(error instanceof Error && codeOf(error.message) === 'NOSCRIPT')) throw error;
      silence.broken(this.#clock.now());
      await connection.command(['SCRIPT', 'LOAD', SCRIPT]);
      silence.broken(this.#clock.now());
      return connection.command(command);
    }
  }

  #deliver(
    batch: readonly Entry[],
    outcomes: readonly (Outcome | Error)[],
    connection: Connection,
  ): void {
    let next = 0;
    for (const entry of batch) {
      const outcome = outcomes[next++] as Outcome | Error;
      if (!(outcome instanceof Error)) entry.reply.answered(outcome);
      else this.#refuse([entry], outcome, connection);
    }
  }

  /** The server answered with an error. */
  #refuse(batch: readonly Entry[], reply: Error, connection: Connection): void {
    // A server that became a replica stays one: its successor is found by connecting again.
    if (codeOf(reply.message) === 'READONLY') connection.lose(reply);
    this.#failAll(batch, refused(this.#address, reply));
  }

  #failUnsent(entries: readonly Entry[]): void {
    if (entries.length > 0) this.#failAll(entries, notSent(this.#address, this.#pool.failure));
  }

  /** One failure for all: the stack of each would cost more than its operation. */
  #failAll(entries: readonly Entry[], failure: Failure): void {
    const reason = this.#closed ? closed() : failure;
    for (const { reply } of entries) reply.failed(reason);
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
