import { RedisUnreachableError } from '../errors.js';
import type { Operation, OutcomeOf, Reply, StoreSession } from '../store/port.js';
import { type Agenda, Appointment } from '../runtime/agenda.js';
import type { Clock } from '../runtime/clock.js';

/** Below this a connection is not given up for being slow. */
export const SHORTEST_PATIENCE = 500;

/** The pause before asking again when a connection failed at once. */
export const RETRY_PAUSE = 50;

export interface Answer<O extends Operation> {
  readonly outcome: OutcomeOf<O>;
  /** More than 1: an earlier attempt may have run, too. */
  readonly attempts: number;
}

/** What it takes to ask a store again. */
export interface Asking {
  readonly clock: Clock;
  readonly agenda: Agenda;
  readonly session: StoreSession;
  readonly commandTimeout: number;
}

/**
 * How long to wait for one answer so that a second attempt, on another connection, still fits
 * before `until`.
 */
export function patience({ clock, commandTimeout }: Asking, until: number): number {
  const half = Math.max((until - clock.now()) / 2, SHORTEST_PATIENCE);
  return Math.min(half, commandTimeout / 2);
}

/** Sends an operation once. */
export function attempt<O extends Operation>(
  { session }: Asking,
  operation: O,
  time: number,
): Promise<OutcomeOf<O>> {
  return new Promise((answered, failed) => {
    session.submit(operation, time, { answered, failed });
  });
}

/**
 * Sends an operation again until it is answered or the moment `until` has passed.
 *
 * @throws {RedisUnreachableError} of the last attempt.
 */
export function persist<O extends Operation>(
  asking: Asking,
  operation: O,
  until: number,
): Promise<Answer<O>> {
  return new Promise((resolve, reject) => {
    new Persistence(asking, operation, until, resolve, reject).send();
  });
}

class Persistence<O extends Operation> implements Reply<O> {
  readonly #asking: Asking;
  readonly #operation: O;
  readonly #until: number;
  readonly #resolve: (answer: Answer<O>) => void;
  readonly #reject: (error: Error) => void;
  #attempts = 0;

  constructor(
    asking: Asking,
    operation: O,
    until: number,
    resolve: (answer: Answer<O>) => void,
    reject: (error: Error) => void,
  ) {
    this.#asking = asking;
    this.#operation = operation;
    this.#until = until;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  send(): void {
    this.#attempts += 1;
    this.#asking.session.submit(this.#operation, patience(this.#asking, this.#until), this);
  }

  answered(outcome: OutcomeOf<O>): void {
    this.#resolve({ outcome, attempts: this.#attempts });
  }

  failed(error: Error): void {
    const { clock, agenda } = this.#asking;
    const next = clock.now() + RETRY_PAUSE;
    if (error instanceof RedisUnreachableError && next < this.#until) {
      agenda.schedule(new Appointment(() => this.send()), next);
    } else {
      this.#reject(error);
    }
  }
}
