import { type Agenda, Appointment } from '../runtime/agenda.js';
import type { Clock } from '../runtime/clock.js';
import { neutrally } from '../runtime/neutral.js';
import { LockerClosedError, RedisRefusedError, RedisUnreachableError } from '../errors.js';
import type { Operation, Outcomes, Reply } from '../store/port.js';
import { Backlog, earliest } from './backlog.js';
import { decode } from './batch-reply.js';
import { byKind, encode } from './batch.js';
import type { Connection } from './connections/connection.js';
import type { Pool } from './connections/pool.js';
import { Flights } from './flights.js';
import { SCRIPT } from './script/index.js';

/** Operations in one batch at most, so that no script holds the server for long. */
const LARGEST_BATCH = 256;

/**
 * A queue longer than this is shared among the idle connections, and worth another one: with one
 * batch under way, server and client take turns; with two, both work.
 */
const WORTH_SHARING = 128;

/** Looking through a long queue for what is overdue takes time: so long at least until the next, in ms. */
const OVERDUE_PAUSE = 10;

/** Error replies that pass: nothing ran, and the same will run when the server is ready for it. */
const PASSING = /^(LOADING|BUSY|MASTERDOWN|READONLY|TRYAGAIN|CLUSTERDOWN|NOREPLICAS|UNBLOCKED) /;

class Entry {
  readonly operation: Operation;
  readonly giveUpAt: number;
  readonly reply: Reply<Operation>;

  constructor(operation: Operation, giveUpAt: number, reply: Reply<Operation>) {
    this.operation = operation;
    this.giveUpAt = giveUpAt;
    this.reply = reply;
  }
}

/**
 * Sends operations in batches: those that come up while every connection carries a batch join the
 * next one; with an idle connection a batch leaves at the end of the turn.
 */
export class GroupCommit {
  readonly #address: string;
  readonly #pool: Pool;
  readonly #clock: Clock;
  readonly #agenda: Agenda;
  readonly #flights = new Flights();
  readonly #watch = new Appointment(() => this.#onWatch());
  readonly #flush = (): void => {
    this.#flushing = false;
    this.#sendAll();
  };
  readonly #queue = new Backlog<Entry>();
  #flushing = false;
  #closed = false;

  constructor(address: string, pool: Pool, clock: Clock, agenda: Agenda) {
    this.#address = address;
    this.#pool = pool;
    this.#clock = clock;
    this.#agenda = agenda;
    pool.onIdle = () => this.#flushSoon();
  }

  submit<O extends Operation>(operation: O, patience: number, reply: Reply<O>): void {
    if (this.#closed) {
      queueMicrotask(() => reply.failed(new LockerClosedError()));
      return;
    }
    const giveUpAt = this.#clock.now() + patience;
    // The script answers each operation with an outcome of its kind.
    this.#queue.push(new Entry(operation, giveUpAt, reply));
    this.#watchUntil(giveUpAt);
    this.#flushSoon();
  }

  close(): void {
    this.#closed = true;
    this.#agenda.cancel(this.#watch);
    for (const entry of this.#queue.takeAll()) entry.reply.failed(new LockerClosedError());
  }

  /** After the promises that this turn settles: what their callers submit goes along. */
  #flushSoon(): void {
    if (this.#flushing || this.#queue.length === 0) return;
    this.#flushing = true;
    neutrally(() => process.nextTick(this.#flush));
  }

  #sendAll(): void {
    while (this.#queue.length > 0) {
      if (this.#queue.length > WORTH_SHARING) this.#pool.grow();
      const connection = this.#pool.take();
      if (connection === undefined) break;
      const share = Math.ceil(this.#queue.length / (this.#pool.idle + 1));
      const size = Math.min(Math.max(share, WORTH_SHARING), LARGEST_BATCH);
      void this.#send(this.#queue.take(size), connection);
    }
  }

  async #send(batch: Entry[], connection: Connection): Promise<void> {
    batch.sort((one, other) => byKind(one.operation, other.operation));
    const now = this.#clock.now();
    const flight = this.#flights.add(connection, now, earliest(batch) - now);
    this.#watchUntil(flight.due);
    try {
      const operations = batch.map((entry) => entry.operation);
      const reply = await this.#run(encode(operations), connection);
      this.#deliver(batch, decode(reply, operations), connection);
    } catch (error) {
      // A rejection on a connection that still stands is an error reply: the server was heard.
      const failure = this.#failureOf(error, connection.open, connection);
      for (const entry of batch) entry.reply.failed(failure);
    } finally {
      this.#flights.remove(flight);
      this.#pool.giveBack(connection);
    }
  }

  /** NOSCRIPT: nothing ran, the server was restarted or its scripts were flushed. */
  async #run(command: string[], connection: Connection): Promise<unknown> {
    try {
      return await connection.command(command);
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
      await connection.command(['SCRIPT', 'LOAD', SCRIPT]);
      return connection.command(command);
    }
  }

  #deliver(
    batch: readonly Entry[],
    results: readonly (Outcomes[Operation['kind']] | Error)[],
    connection: Connection,
  ): void {
    let next = 0;
    for (const { reply } of batch) {
      const result = results[next++] as Outcomes[Operation['kind']] | Error;
      if (!(result instanceof Error)) reply.answered(result);
      else reply.failed(this.#failureOf(result, true, connection));
    }
  }

  /** `heard`: the error is a reply of the server. */
  #failureOf(error: unknown, heard: boolean, connection: Connection): Error {
    if (this.#closed) return new LockerClosedError();
    const message = error instanceof Error ? error.message : String(error);
    // A server that became a replica stays one: its successor is found by connecting again.
    if (heard && message.startsWith('READONLY ')) connection.lose(error);
    const passing = !heard || PASSING.test(message);
    return passing ? unanswered(this.#address, error) : new RedisRefusedError(this.#address, error);
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
  #onWatch(): void {
    const now = this.#clock.now();
    const overdue = this.#queue.takeOverdue(now);
    if (this.#queue.length > 0) {
      this.#watchUntil(Math.max(this.#queue.earliest, now + OVERDUE_PAUSE));
    }
    this.#watchUntil(this.#flights.judge(now));
    // One error for all: the stack of each would cost more than its operation.
    const failure = unanswered(this.#address, this.#pool.failure);
    for (const { reply } of overdue) reply.failed(failure);
  }
}

function unanswered(address: string, cause: unknown): RedisUnreachableError {
  // What opening a connection reported is the whole story already.
  if (cause instanceof RedisUnreachableError) return cause;
  return new RedisUnreachableError(address, 'gave no answer', cause);
}
