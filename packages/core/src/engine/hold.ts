import {
  type AcquisitionMessage,
  lossTopic,
  releaseTopic,
  releaseUnansweredTopic,
} from '../diagnostics.js';
import { LockLostError, type LostReason } from '../errors.js';
import type { ReleaseOperation } from '../store/port.js';
import type { Instant } from '../runtime/clock.js';
import type { Deadline } from '../runtime/deadline.js';
import type { Engine } from './engine.js';
import { Lease, type Leaseholder, type LeaseTerms } from './lease.js';
import { Release } from './operations.js';
import { type Answer, persist } from './persist.js';
import type { Listed } from '../runtime/roster.js';

/** What was acquired, and how it is to be kept. */
export interface HoldTerms extends LeaseTerms {
  readonly name: string;
  readonly key: string;
  readonly token: string;
  readonly fencingToken: number;
}

/** `ended`: handed over, or given back, or at least its owner was told how that went. */
type State =
  | { readonly kind: 'held' }
  | { readonly kind: 'lost'; readonly reason: LostReason; readonly reported: boolean }
  | Releasing
  | { readonly kind: 'ended' };

class Releasing {
  readonly kind = 'releasing';
  readonly done: Promise<void>;

  constructor(done: Promise<void>) {
    this.done = done;
  }
}

const HELD: State = { kind: 'held' };
const ENDED: State = { kind: 'ended' };

/** One acquisition from its grant to its end: released or lost, and its owner told so. */
export class Hold implements Leaseholder, Listed {
  place = -1;
  readonly name: string;
  readonly key: string;
  readonly token: string;
  readonly fencingToken: number;
  readonly #engine: Engine;
  readonly #lease: Lease;
  readonly #since: number;
  #state: State = HELD;
  #controller: AbortController | undefined;
  #loss: LockLostError | undefined;

  constructor(engine: Engine, terms: HoldTerms, sent: Instant, deadline: Deadline) {
    this.name = terms.name;
    this.key = terms.key;
    this.token = terms.token;
    this.fencingToken = terms.fencingToken;
    this.#engine = engine;
    this.#since = engine.clock.now();
    this.#lease = new Lease(engine, this, terms, sent, deadline);
  }

  get ttl(): number {
    return this.#lease.ttl;
  }

  get held(): boolean {
    return this.#state.kind === 'held' && !this.#lease.passed;
  }

  get remaining(): number {
    return this.#state.kind === 'held' ? this.#lease.remaining : 0;
  }

  get identity(): AcquisitionMessage {
    return { lockName: this.name, token: this.token, fencingToken: this.fencingToken };
  }

  get signal(): AbortSignal {
    this.#expireIfDue();
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#state.kind === 'lost') this.#controller.abort(this.#lossFor(this.#state.reason));
    }
    return this.#controller.signal;
  }

  assertHeld(): void {
    this.#expireIfDue();
    if (this.#state.kind === 'held') return;
    if (this.#state.kind === 'lost') throw this.#lossFor(this.#state.reason);
    throw new LockLostError(this.name, 'released', this.fencingToken);
  }

  /**
   * Extends the lease now.
   *
   * @throws {LockLostError} if the lock is not held any more.
   * @throws {RedisUnreachableError} if no answer came; the lock is held until its deadline.
   */
  renew(ttl: number): Promise<void> {
    return this.#engine.keepAlive.during(this.#lease.renew(ttl));
  }

  /**
   * Gives the lock back. The first call says how that went; later calls do nothing.
   *
   * @throws {LockLostError} if the lock had been lost before.
   * @throws {RedisUnreachableError} if no answer came: the lock runs out by itself.
   */
  release(): Promise<void> {
    this.#expireIfDue();
    const state = this.#state;
    switch (state.kind) {
      case 'releasing':
        return state.done;
      case 'ended':
        return Promise.resolve();
      case 'lost':
        if (state.reported) return Promise.resolve();
        this.#state = { ...state, reported: true };
        // A renewal without an answer may have kept the key alive; the work is over.
        if (state.reason === 'expired') void this.#settle(this.ttl);
        return Promise.reject(this.#lossFor(state.reason));
      case 'held': {
        this.#lease.stop();
        const done = this.#giveBack();
        this.#state = new Releasing(done);
        return done;
      }
    }
  }

  /** Leaves a block: as `release`, but a release without an answer is no failure of the work. */
  leave(): Promise<void> {
    return this.release().catch((error: unknown) => {
      if (error instanceof LockLostError) throw error;
    });
  }

  /**
   * Ends this handle and leaves the lock as it is, for whoever adopts it.
   *
   * @throws {LockLostError} if the lock is not held any more.
   */
  handOver(): void {
    this.assertHeld();
    this.#lease.stop();
    this.#state = ENDED;
    this.#engine.forget(this);
  }

  /** The locker closes: ends belief and gives the lock back. Never rejects. */
  async close(): Promise<void> {
    const state = this.#state;
    if (state.kind === 'releasing') return state.done.catch(() => {});
    if (state.kind !== 'held') return undefined;
    this.lose('closed');
    return this.#settle(this.#engine.commandTimeout);
  }

  /** Ends belief, and tells whoever works under the lock. Final. */
  lose(reason: LostReason): void {
    if (this.#state.kind !== 'held') return;
    this.#state = { kind: 'lost', reason, reported: false };
    this.#lease.stop();
    this.#engine.forget(this);
    if (lossTopic.heard) lossTopic.publish({ ...this.identity, reason });
    this.#controller?.abort(this.#lossFor(reason));
  }

  /**
   * One error for all who ask. Made for the first of them: a server that goes away can take 100,000
   * locks with it, and a stack for each would stop the event loop for seconds.
   */
  #lossFor(reason: LostReason): LockLostError {
    this.#loss ??= new LockLostError(this.name, reason, this.fencingToken);
    return this.#loss;
  }

  #expireIfDue(): void {
    if (this.#state.kind === 'held' && this.#lease.passed) this.lose('expired');
  }

  /** Gives back what the server may still keep for this token, within `time` ms. */
  #settle(time: number): Promise<void> {
    const { key, token, ttl } = this;
    return this.#engine.settle({ key, token, ttl }, time, this.#lease.renewal);
  }

  // Not an async function: its frame would be the largest thing that an acquisition allocates.
  #giveBack(): Promise<void> {
    this.#engine.keepAlive.enter();
    const until = this.#engine.clock.now() + this.#engine.commandTimeout;
    const { renewal } = this.#lease;
    const asked = renewal === undefined ? this.#ask(until) : renewal.then(() => this.#ask(until));
    return asked.then(
      (answer) => this.#onReleased(answer),
      (error: unknown) => this.#onUnanswered(error),
    );
  }

  #ask(until: number): Promise<Answer<ReleaseOperation>> {
    const { key, token, fencingToken } = this;
    const release = new Release(key, token, fencingToken);
    return persist(this.#engine, release, Math.min(until, this.#lease.end));
  }

  #onReleased({ outcome, attempts }: Answer<ReleaseOperation>): void {
    this.#end();
    // After an attempt without an answer, "lost" can be the echo of our own release.
    if (outcome.kind === 'lost' && attempts === 1) {
      if (lossTopic.heard) lossTopic.publish({ ...this.identity, reason: 'gone' });
      throw new LockLostError(this.name, 'gone', this.fencingToken);
    }
    if (releaseTopic.heard) {
      const handedOff = outcome.kind === 'released' && outcome.handedOff;
      const held = this.#engine.clock.now() - this.#since;
      releaseTopic.publish({ ...this.identity, held, handedOff });
    }
  }

  #onUnanswered(cause: unknown): never {
    this.#end();
    if (releaseUnansweredTopic.heard) {
      releaseUnansweredTopic.publish({ ...this.identity, cause });
    }
    void this.#settle(this.#lease.end - this.#engine.clock.now());
    throw cause;
  }

  #end(): void {
    this.#state = ENDED;
    this.#engine.forget(this);
    this.#engine.keepAlive.leave();
  }
}
