import type { Clock } from '../../runtime/clock.js';
import type { Failure } from '../../store/port.js';
import type { Outcome } from './batch-reply.js';
import type { Dialect } from './dialect.js';
import { type Entry, failAll } from './entry.js';
import { closed, refused, unanswered } from '../failures.js';
import type { Flight } from './flights.js';
import { codeOf, isForOneKey } from '../refusal.js';

/** What is said with the server about one batch: the command, its reply, and what that asks for. */
export class Exchange {
  readonly #address: string;
  readonly #clock: Clock;
  readonly #dialect: Dialect;
  #closed = false;

  constructor(address: string, clock: Clock, dialect: Dialect) {
    this.#address = address;
    this.#clock = clock;
    this.#dialect = dialect;
  }

  /** What fails from now on, fails for this reason. */
  close(): void {
    this.#closed = true;
  }

  /** Tells everybody in the batch what became of it. Never rejects. */
  async carry(batch: readonly Entry[], flight: Flight): Promise<void> {
    const operations = batch.map((entry) => entry.operation);
    let reply: unknown;
    try {
      reply = await this.#run(this.#dialect.encode(operations), flight);
    } catch (error) {
      // A rejection on a connection that still stands is an error reply: the server was heard.
      const heard = flight.connection.open && error instanceof Error;
      if (!heard) this.#failAll(batch, unanswered(this.#address, error));
      else if (batch.length === 1 || !isForOneKey(error.message))
        this.#refuse(batch, error, flight);
      else await this.#scatter(batch, flight);
      return;
    }
    let outcomes: readonly (Outcome | Error)[];
    try {
      outcomes = this.#dialect.decode(reply, operations);
    } catch (error) {
      this.#failAll(batch, unanswered(this.#address, error));
      return;
    }
    this.#deliver(batch, outcomes, flight);
  }

  /**
   * Sends each again by itself: the batch was refused for the keys of some, and nothing of it ran.
   * All in one go, so that they keep their order.
   */
  async #scatter(batch: readonly Entry[], flight: Flight): Promise<void> {
    flight.silence.broken(this.#clock.now());
    await Promise.all(batch.map((entry) => this.carry([entry], flight)));
  }

  /** NOSCRIPT: nothing ran, the server was restarted or its scripts were flushed. */
  async #run(command: string[], { connection, silence }: Flight): Promise<unknown> {
    try {
      return await connection.command(command);
    } catch (error) {
      if (!(error instanceof Error && codeOf(error.message) === 'NOSCRIPT')) throw error;
      silence.broken(this.#clock.now());
      await connection.command(['SCRIPT', 'LOAD', this.#dialect.script]);
      silence.broken(this.#clock.now());
      return connection.command(command);
    }
  }

  #deliver(batch: readonly Entry[], outcomes: readonly (Outcome | Error)[], flight: Flight): void {
    let next = 0;
    for (const entry of batch) {
      const outcome = outcomes[next++] as Outcome | Error;
      if (!(outcome instanceof Error)) entry.reply.answered(outcome);
      else this.#refuse([entry], outcome, flight);
    }
  }

  /** The server answered with an error. */
  #refuse(batch: readonly Entry[], reply: Error, { connection }: Flight): void {
    // A server that became a replica stays one: its successor is found by connecting again.
    if (codeOf(reply.message) === 'READONLY') connection.lose(reply);
    this.#failAll(batch, refused(this.#address, reply));
  }

  #failAll(batch: readonly Entry[], failure: Failure): void {
    failAll(batch, this.#closed ? closed() : failure);
  }
}
