import type { Clock } from '../../runtime/clock.js';
import type { Failure } from '../../store/port.js';
import type { Outcome } from './batch-reply.js';
import type { Dialect } from './dialect.js';
import { type Entry, failAll } from './entry.js';
import { closed, refused, unanswered } from '../failures.js';
import type { Flight } from './flights.js';
import { Replication, type ReplicationTerms } from './replication.js';
import { codeOf, isForOneKey } from '../refusal.js';
import { loadIfMissing } from './load-script.js';

/** What is said with the server about one batch: the command, its reply, and what that asks for. */
export class Exchange {
  readonly #clock: Clock;
  readonly #dialect: Dialect;
  readonly #terms: ReplicationTerms | undefined;
  #closed = false;

  /** `terms`: replicas are waited for; default: none. */
  constructor(clock: Clock, dialect: Dialect, terms?: ReplicationTerms) {
    this.#clock = clock;
    this.#dialect = dialect;
    this.#terms = terms;
  }

  /** What fails from now on, fails for this reason. */
  close(): void {
    this.#closed = true;
  }

  /** Tells everybody in the batch what became of it. Never rejects. */
  async carry(batch: readonly Entry[], flight: Flight): Promise<void> {
    const operations = batch.map((entry) => entry.operation);
    const replication = this.#terms && Replication.of(this.#terms, operations, flight.connection);
    let reply: unknown;
    try {
      reply = await this.#run(this.#dialect.encode(operations), flight, replication);
    } catch (error) {
      // A rejection on a connection that still stands is an error reply: the server was heard.
      const heard = flight.connection.open && error instanceof Error;
      if (!heard) this.#failAll(batch, unanswered(flight.connection.address, error));
      else if (batch.length === 1 || !isForOneKey(error.message))
        this.#refuse(batch, error, flight);
      else await this.#scatter(batch, flight);
      return;
    }
    let outcomes: readonly (Outcome | Error)[];
    try {
      outcomes = this.#dialect.decode(reply, operations);
    } catch (error) {
      this.#failAll(batch, unanswered(flight.connection.address, error));
      return;
    }
    if (replication === undefined) {
      this.#deliver(batch, outcomes, flight);
      return;
    }
    flight.silence.broken(this.#clock.now());
    await replication.deliver(batch, outcomes, {
      deliver: (some, theirs) => this.#deliver(some, theirs, flight),
      fail: (some, failure) => this.#failAll(some, failure),
    });
  }

  /**
   * Sends each again by itself: the batch was refused for the keys of some, and nothing of it ran.
   * All in one go, so that they keep their order.
   */
  async #scatter(batch: readonly Entry[], flight: Flight): Promise<void> {
    flight.silence.broken(this.#clock.now());
    await Promise.all(batch.map((entry) => this.carry([entry], flight)));
  }

  async #run(
    command: string[],
    flight: Flight,
    replication: Replication | undefined,
  ): Promise<unknown> {
    const send = (): Promise<unknown> => {
      const reply = flight.connection.command(command);
      replication?.ask();
      return reply;
    };
    try {
      return await send();
    } catch (error) {
      await loadIfMissing(this.#dialect.script, error, flight, this.#clock);
      return send();
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
    this.#failAll(batch, refused(connection.address, reply));
  }

  #failAll(batch: readonly Entry[], failure: Failure): void {
    failAll(batch, this.#closed ? closed() : failure);
  }
}
