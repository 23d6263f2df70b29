import { type AcquisitionMessage, lossTopic } from '../../diagnostics.js';
import { LockLostError } from '../../errors.js';
import type { LockHolder } from '../../lock-holder.js';
import type { LossFacts, LostReason } from '../../loss.js';
import type { Failure, Holder } from '../../store/port.js';

/** The grant that was lost. */
interface Grant {
  readonly name: string;
  readonly fencingToken: number;
  readonly identity: AcquisitionMessage;
}

/** What is known of a loss that was not brought about here. */
interface Known {
  readonly holder: LockHolder | undefined;
  readonly facts: LossFacts;
  /** What kept renewals from being confirmed. */
  readonly failure: Failure | undefined;
}

/** A loss, and what is known of it. */
export class Loss {
  readonly reason: LostReason;
  readonly #grant: Grant;
  readonly #known: Known | undefined;
  /** Of the one that was lost first, of those that were taken together. */
  readonly #first: Loss | undefined;
  #error: LockLostError | undefined;

  constructor(grant: Grant, reason: LostReason, known?: Known, first?: Loss) {
    this.#grant = grant;
    this.reason = reason;
    this.#known = known;
    this.#first = first;
  }

  /**
   * One error for all who ask. Made for the first of them: a server that goes away can take 100,000
   * locks with it, and a stack for each would stop the event loop for seconds.
   */
  get error(): LockLostError {
    if (this.#error === undefined) {
      const { name, fencingToken } = this.#grant;
      const { holder, facts, failure } = this.#known ?? {};
      const refusal = facts?.suspect === 'server' ? failure?.error.of(name, 'renew') : undefined;
      const cause = refusal ?? this.#first?.error;
      const options = { holder, facts, ...(cause && { cause }) };
      this.#error = new LockLostError(name, this.reason, fencingToken, options);
    }
    return this.#error;
  }

  publish(): void {
    if (!lossTopic.heard) return;
    const { holder, facts } = this.#known ?? {};
    lossTopic.publish({ ...this.#grant.identity, reason: this.reason, holder, facts });
  }
}

/** Why a lock was lost of which the server says that this is its holder. */
export function reasonBy(holder: Holder | undefined): 'gone' | 'taken' {
  return holder === undefined ? 'gone' : 'taken';
}

/** Whether the server has said that the grant is over, for all who share it. */
export function isOver(reason: LostReason): boolean {
  return reason === 'gone' || reason === 'taken' || reason === 'forced';
}

/** Whether the server may still keep the grant of a lock that was lost for this reason. */
export function mayStay(reason: LostReason): boolean {
  return reason === 'expired' || reason === 'overdue';
}
