import { AsyncResource } from 'node:async_hooks';
import { LockLostError } from '../../errors.js';
import type { Held } from '../context/call.js';
import type { Follower } from './follower.js';
import type { HoldOutcome, HoldTrace } from './messages.js';
import { holdTracing } from './tracing-topic.js';

/** Tells `holdfast:hold` of one lock. To be made in the context of the call that got it. */
export class HoldFollower implements Follower {
  readonly #message: HoldTrace;
  #settle!: () => void;
  #fail!: (error: unknown) => void;
  /** The context of the call, and in it what is bound to the channel. */
  #scope!: AsyncResource;

  constructor(call: Pick<HoldTrace, 'operation' | 'lockNames' | 'group'>, lock: Held) {
    const { operation, lockNames, group } = call;
    const run = <T>(work: () => T): T => this.#scope.runInAsyncScope(work);
    this.#message = { operation, lockNames, group, lock, run };
    const over = new Promise<void>((resolve, reject) => {
      this.#settle = resolve;
      this.#fail = reject;
    });
    const told = holdTracing.trace(this.#message, () => {
      this.#scope = new AsyncResource('HoldfastHold');
      return over;
    });
    // Whoever holds the lock is told of a loss by the lock itself.
    told.catch(() => {});
    this.#awaitLoss(lock.signal);
  }

  run<T>(work: () => T): T {
    return this.#message.run(work);
  }

  /** @inheritDoc Follower.releasing */
  async releasing(released: Promise<void>, hold: { readonly isKept: boolean }): Promise<void> {
    // What publishes the end is queued when it is known, before whatever goes on after this.
    try {
      await released;
      this.#end(hold.isKept ? 'kept' : 'released');
    } catch (error) {
      this.#end(error instanceof LockLostError ? 'lost' : 'unanswered', error);
      throw error;
    }
  }

  handedOver(): void {
    this.#end('handed-over');
  }

  #awaitLoss(signal: AbortSignal): void {
    const lost = (): void => this.#end('lost', signal.reason);
    if (signal.aborted) lost();
    else signal.addEventListener('abort', lost, { once: true });
  }

  /** The first end counts: a lock that was lost is released, too. */
  #end(outcome: HoldOutcome, error?: unknown): void {
    if (this.#message.outcome !== undefined) return;
    this.#message.outcome = outcome;
    if (error === undefined) this.#settle();
    else this.#fail(error);
  }
}
