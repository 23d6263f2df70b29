import { NotReplicatedError } from '../../errors.js';
import type { Failure, Operation } from '../../store/port.js';
import type { Connection } from '../connections/connection.js';
import { unanswered } from '../failures.js';
import { codeOf } from '../refusal.js';
import type { Outcome } from './batch-reply.js';

export interface ReplicationTerms {
  /** So many must have what was granted, or renewed, before it is believed. */
  readonly replicas: number;
  /** For so long they are waited for, in ms. */
  readonly timeout: number;
}

/** After these nobody who asked for them believes in anything. */
const GIVING_BACK: ReadonlySet<Operation['kind']> = new Set([
  'release',
  'cancel',
  'forceRelease',
  'advance',
]);

/** Whom the outcomes of a batch go to. */
export interface Recipients<E> {
  deliver(entries: readonly E[], outcomes: readonly (Outcome | Error)[]): void;
  fail(entries: readonly E[], failure: Failure): void;
}

/** Makes certain that replicas have what a batch has brought about. */
export class Replication {
  readonly #replicas: number;
  readonly #command: string[];
  readonly #connection: Connection;
  #failure: Promise<Failure | undefined> | undefined;

  private constructor({ replicas, timeout }: ReplicationTerms, connection: Connection) {
    this.#replicas = replicas;
    this.#command = ['WAIT', String(replicas), String(timeout)];
    this.#connection = connection;
  }

  /**
   * Of one batch. Undefined: there will be nothing to believe in. What is handed on, its receiver asks
   * for once more.
   */
  static of(
    terms: ReplicationTerms,
    operations: readonly Operation[],
    connection: Connection,
  ): Replication | undefined {
    return operations.some(({ kind }) => !GIVING_BACK.has(kind))
      ? new Replication(terms, connection)
      : undefined;
  }

  /** Asks for all that was said on the connection until now, in the same write. */
  ask(): void {
    this.#failure = this.#ask();
  }

  /** What somebody would believe in waits for the replicas; the rest does not. Never rejects. */
  async deliver<E>(
    entries: readonly E[],
    outcomes: readonly (Outcome | Error)[],
    recipients: Recipients<E>,
  ): Promise<void> {
    const isHeldBack = outcomes.map((outcome) => !(outcome instanceof Error) && holdsBack(outcome));
    const certain = (_: unknown, place: number): boolean => isHeldBack[place] === false;
    const heldBack = (_: unknown, place: number): boolean => isHeldBack[place] === true;
    recipients.deliver(entries.filter(certain), outcomes.filter(certain));
    const failure = await this.#failure;
    if (failure !== undefined) recipients.fail(entries.filter(heldBack), failure);
    else recipients.deliver(entries.filter(heldBack), outcomes.filter(heldBack));
  }

  async #ask(): Promise<Failure | undefined> {
    const { address } = this.#connection;
    try {
      const acknowledged = Number(await this.#connection.command(this.#command));
      return acknowledged < this.#replicas ? this.#tooFew(acknowledged) : undefined;
    } catch (error) {
      if (!this.#connection.open || !(error instanceof Error)) return unanswered(address, error);
      // A former master lets go of who waits there when it is made a replica: its successor is asked.
      if (codeOf(error.message) !== 'UNBLOCKED') return this.#tooFew(0, error);
      this.#connection.lose(error);
      return unanswered(address, error);
    }
  }

  #tooFew(acknowledged: number, cause?: Error): Failure {
    const { address } = this.#connection;
    const error = new NotReplicatedError(address, acknowledged, this.#replicas, cause);
    return { kind: 'not replicated', error };
  }
}

/** Whether somebody is about to believe in it. */
function holdsBack({ kind }: Outcome): boolean {
  return kind === 'granted' || kind === 'granted all' || kind === 'renewed';
}
