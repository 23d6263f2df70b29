import { type Agenda, Appointment } from '../engine/agenda.js';
import type { Clock } from '../engine/clock.js';
import { neutrally } from '../engine/neutral.js';
import { LockerClosedError, RedisRefusedError, RedisUnreachableError } from '../errors.js';
import type { Operation, Outcomes, Reply } from '../store.js';
import { decode, encode } from './batch.js';
import type { Connection } from './connections/connection.js';
import type { Pool } from './connections/pool.js';
import { SCRIPT } from './script/index.js';

/** Operations in one batch at most, so that no script holds the server for long. */
const LARGEST_BATCH = 256;

/**
 * A queue longer than this is shared among the idle connections, and worth another one: with one
 * batch under way, server and client take turns; with two, both work.
 */
const WORTH_SHARING = 128;

/** A batch sent late gets at least so long before its connection is given up, in ms. */
const SHORTEST_FLIGHT = 250;

/** Error replies that pass: nothing ran, and the same will run when the server is ready for it. */
const PASSING = /^(LOADING|BUSY|MASTERDOWN|READONLY|TRYAGAIN|CLUSTERDOWN|NOREPLICAS|UNBLOCKED) /;

interface Entry {
  readonly operation: Operation;
  readonly giveUpAt: number;
  readonly reply: Reply<Operation>;
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
  readonly #overdue = new Appointment(() => this.#dropOverdue());
  readonly #flush = (): void => {
    this.#flushing = false;
    this.#sendAll();
  };
  #queue: Entry[] = [];
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
    this.#queue.push({ operation, giveUpAt, reply });
    if (!this.#overdue.scheduled || giveUpAt < this.#overdue.due) {
      this.#agenda.schedule(this.#overdue, giveUpAt);
    }
    this.#flushSoon();
  }

  close(): void {
    this.#closed = true;
    this.#agenda.cancel(this.#overdue);
    for (const entry of this.#queue.splice(0)) entry.reply.failed(new LockerClosedError());
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
      void this.#send(this.#queue.splice(0, size), connection);
    }
    if (this.#queue.length === 0) this.#agenda.cancel(this.#overdue);
  }

  async #send(batch: Entry[], connection: Connection): Promise<void> {
    const now = this.#clock.now();
    const stalled = new Appointment(() => {
      const waited = Math.round(this.#clock.now() - now);
      connection.lose(new Error(`no answer for ${waited} ms`));
    });
    this.#agenda.schedule(stalled, Math.max(earliest(batch), now + SHORTEST_FLIGHT));
    try {
      const operations = batch.map((entry) => entry.operation);
      const reply = await this.#run(encode(operations), connection);
      this.#deliver(batch, decode(reply, batch.length), connection);
    } catch (error) {
      // A rejection on a connection that still stands is an error reply: the server was heard.
      const failure = this.#failureOf(error, connection.open, connection);
      for (const entry of batch) entry.reply.failed(failure);
    } finally {
      this.#agenda.cancel(stalled);
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

  /** With no connection to send on, operations are given up when their time has come. */
  #dropOverdue(): void {
    const now = this.#clock.now();
    const overdue = this.#queue.filter((entry) => entry.giveUpAt <= now);
    this.#queue = this.#queue.filter((entry) => entry.giveUpAt > now);
    if (this.#queue.length > 0) this.#agenda.schedule(this.#overdue, earliest(this.#queue));
    for (const entry of overdue) entry.reply.failed(unanswered(this.#address, this.#pool.failure));
  }
}

function earliest(entries: readonly Entry[]): number {
  return entries.reduce((least, entry) => Math.min(least, entry.giveUpAt), Infinity);
}

function unanswered(address: string, cause: unknown): RedisUnreachableError {
  // What opening a connection reported is the whole story already.
  if (cause instanceof RedisUnreachableError) return cause;
  return new RedisUnreachableError(address, 'gave no answer', cause);
}
