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

  /** Whether somebody is about to believe in it. */
  holdsBack({ kind }: Outcome): boolean {
    return kind === 'granted' || kind === 'granted all' || kind === 'renewed';
  }

  /** Why what is held back must not be believed, if it must not. Never rejects. */
  get failure(): Promise<Failure | undefined> {
    return this.#failure ?? Promise.resolve(undefined);
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
