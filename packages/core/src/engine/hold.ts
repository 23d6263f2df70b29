import {
  lossTopic,
  releaseTopic,
  releaseUnansweredTopic,
  renewalTopic,
  type AcquisitionMessage,
} from '../diagnostics.js';
import { LockLostError, RedisUnreachableError, type LostReason } from '../errors.js';
import { renewalInterval } from '../protocol.js';
import type { ReleaseOperation } from '../store.js';
import { Appointment } from './agenda.js';
import { type Instant, instant } from './clock.js';
import { Deadline } from './deadline.js';
import type { Engine } from './engine.js';
import type { Listed } from './roster.js';
import { type Answer, attempt, patience, persist, RETRY_PAUSE } from './persist.js';

/** What was acquired, and how it is to be kept. */
export interface HoldTerms {
  readonly name: string;
  readonly key: string;
  readonly token: string;
  readonly fencingToken: number;
  readonly ttl: number;
  readonly renew: boolean;
}

/** `ended`: given back, or at least its owner was told how that went. */
type State =
  | { readonly kind: 'held' }
  | { readonly kind: 'lost'; readonly error: LockLostError; readonly reported: boolean }
  | { readonly kind: 'releasing'; readonly done: Promise<void> }
  | { readonly kind: 'ended' };

const HELD: State = { kind: 'held' };
const ENDED: State = { kind: 'ended' };

/**
 * One acquisition from its grant to its end: the lease, its deadline and its renewal.
 *
 * Operations on its token never overlap: release waits for a renewal that is under way.
 */
export class Hold implements Listed {
  place = -1;
  readonly name: string;
  readonly key: string;
  readonly token: string;
  readonly fencingToken: number;
  readonly #engine: Engine;
  readonly #autoRenew: boolean;
  readonly #since: number;
  #ttl: number;
  #deadline: Deadline;
  #renewAt: number;
  #state: State = HELD;
  #controller: AbortController | undefined;
  /** The renewal that is under way. Never rejects. */
  #renewal: Promise<void> | undefined;
  /** The next moment at which something must happen: a renewal, or the deadline. */
  readonly #appointment = new Appointment(() => this.#onDue());

  constructor(engine: Engine, terms: HoldTerms, sent: Instant, deadline: Deadline) {
    this.name = terms.name;
    this.key = terms.key;
    this.token = terms.token;
    this.fencingToken = terms.fencingToken;
    this.#engine = engine;
    this.#ttl = terms.ttl;
    this.#autoRenew = terms.renew;
    this.#since = engine.clock.now();
    this.#deadline = deadline;
    this.#renewAt = sent.mono + renewalInterval(terms.ttl);
    this.#schedule();
  }

  get ttl(): number {
    return this.#ttl;
  }

  get held(): boolean {
    return this.#state.kind === 'held' && !this.#deadline.passed(this.#engine.clock);
  }

  get remaining(): number {
    return this.#state.kind === 'held' ? this.#deadline.remaining(this.#engine.clock) : 0;
  }

  get signal(): AbortSignal {
    this.#expireIfDue();
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#state.kind === 'lost') this.#controller.abort(this.#state.error);
    }
    return this.#controller.signal;
  }

  /**
   * Extends the lease now.
   *
   * @throws {LockLostError} if the lock is not held any more.
   * @throws {RedisUnreachableError} if no answer came; the lock is held until its deadline.
   */
  renew(ttl: number): Promise<void> {
    return this.#engine.keepAlive.during(this.#renew(ttl));
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
        if (state.error.reason === 'expired') void this.#settle(this.#ttl);
        return Promise.reject(state.error);
      case 'held': {
        this.#engine.agenda.cancel(this.#appointment);
        const done = this.#giveBack();
        this.#state = { kind: 'releasing', done };
        return done;
      }
    }
  }

  /** Leaves a block: as `release`, but a release without an answer is no failure of the work. */
  async leave(): Promise<void> {
    try {
      await this.release();
    } catch (error) {
      if (error instanceof LockLostError) throw error;
    }
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
    const error = new LockLostError(this.name, reason, this.fencingToken);
    this.#state = { kind: 'lost', error, reported: false };
    this.#engine.agenda.cancel(this.#appointment);
    this.#engine.forget(this);
    if (lossTopic.heard) lossTopic.publish({ ...this.#identity, reason });
    this.#controller?.abort(error);
  }

  get #identity(): AcquisitionMessage {
    return { lockName: this.name, token: this.token, fencingToken: this.fencingToken };
  }

  #assertHeld(): void {
    this.#expireIfDue();
    if (this.#state.kind === 'held') return;
    if (this.#state.kind === 'lost') throw this.#state.error;
    throw new LockLostError(this.name, 'released', this.fencingToken);
  }

  #expireIfDue(): void {
    if (this.#state.kind === 'held' && this.#deadline.passed(this.#engine.clock)) {
      this.lose('expired');
    }
  }

  #schedule(): void {
    const renewal = this.#autoRenew && this.#renewal === undefined ? this.#renewAt : Infinity;
    this.#engine.agenda.schedule(this.#appointment, Math.min(renewal, this.#deadline.mono));
  }

  #onDue(): void {
    this.#expireIfDue();
    if (this.#state.kind !== 'held') return;
    const { clock } = this.#engine;
    if (this.#autoRenew && this.#renewal === undefined && clock.now() >= this.#renewAt) {
      void this.#renewOnce(this.#ttl, this.#deadline.mono);
    }
    this.#schedule();
  }

  async #renew(ttl: number): Promise<void> {
    const { clock, agenda, commandTimeout } = this.#engine;
    const until = clock.now() + commandTimeout;
    // oxlint-disable no-await-in-loop -- operations on one token never overlap
    for (;;) {
      while (this.#renewal !== undefined) await this.#renewal;
      this.#assertHeld();
      const failure = await this.#renewOnce(ttl, until);
      this.#assertHeld();
      if (failure === undefined) return;
      if (!(failure instanceof RedisUnreachableError)) throw failure;
      if (clock.now() + RETRY_PAUSE >= until) throw failure;
      await agenda.pause(RETRY_PAUSE);
    }
    // oxlint-enable no-await-in-loop
  }

  /** Sends one renewal. Resolves with what kept it from being confirmed; never rejects. */
  #renewOnce(ttl: number, until: number): Promise<unknown> {
    const attempted = this.#attemptRenewal(ttl, until);
    const renewal = attempted.then(() => {
      if (this.#renewal === renewal) this.#renewal = undefined;
      if (this.#state.kind === 'held') this.#schedule();
    });
    this.#renewal = renewal;
    return renewal.then(() => attempted);
  }

  async #attemptRenewal(ttl: number, until: number): Promise<unknown> {
    const { clock } = this.#engine;
    const sent = instant(clock);
    const { key, token } = this;
    try {
      const operation = { kind: 'renew', key, token, ttl } as const;
      const outcome = await attempt(this.#engine, operation, patience(this.#engine, until));
      this.#expireIfDue();
      if (this.#state.kind !== 'held') {
        if (this.#state.kind === 'lost') this.#report('expired', undefined);
        return undefined;
      }
      if (outcome.kind === 'lost' || outcome.fencingToken !== this.fencingToken) {
        this.lose('gone');
        this.#report('lost', undefined);
        return undefined;
      }
      this.#ttl = ttl;
      this.#deadline = this.#deadline.extendedTo(Deadline.ofLease(sent, ttl));
      this.#renewAt = sent.mono + renewalInterval(ttl);
      this.#report('renewed', undefined);
      return undefined;
    } catch (error) {
      this.#renewAt = clock.now() + Math.min(Math.max(ttl / 12, 10), 1_000);
      this.#report('unknown', error);
      return error;
    }
  }

  #report(outcome: 'renewed' | 'lost' | 'unknown' | 'expired', cause: unknown): void {
    if (!renewalTopic.heard) return;
    renewalTopic.publish({ ...this.#identity, outcome, remaining: this.remaining, cause });
  }

  /** Gives back what the server may still keep for this token, within `time` ms. */
  async #settle(time: number): Promise<void> {
    if (this.#renewal !== undefined) await this.#renewal;
    await this.#engine.settle({ key: this.key, token: this.token, ttl: this.#ttl }, time);
  }

  // Not an async function: its frame would be the largest thing that an acquisition allocates.
  #giveBack(): Promise<void> {
    this.#engine.keepAlive.enter();
    const asked = this.#renewal === undefined ? this.#ask() : this.#renewal.then(() => this.#ask());
    return asked.then(
      (answer) => this.#onReleased(answer),
      (error: unknown) => this.#onUnanswered(error),
    );
  }

  #ask(): Promise<Answer<ReleaseOperation>> {
    const { clock, commandTimeout } = this.#engine;
    const { key, token } = this;
    const until = Math.min(clock.now() + commandTimeout, this.#deadline.mono);
    return persist(this.#engine, { kind: 'release', key, token }, until);
  }

  #onReleased({ outcome, attempts }: Answer<ReleaseOperation>): void {
    this.#end();
    // After an attempt without an answer, "lost" can be the echo of our own release.
    if (outcome.kind === 'lost' && attempts === 1) {
      if (lossTopic.heard) lossTopic.publish({ ...this.#identity, reason: 'gone' });
      throw new LockLostError(this.name, 'gone', this.fencingToken);
    }
    if (releaseTopic.heard) {
      const handedOff = outcome.kind === 'released' && outcome.handedOff;
      const held = this.#engine.clock.now() - this.#since;
      releaseTopic.publish({ ...this.#identity, held, handedOff });
    }
  }

  #onUnanswered(cause: unknown): never {
    this.#end();
    if (releaseUnansweredTopic.heard) {
      releaseUnansweredTopic.publish({ ...this.#identity, cause });
    }
    void this.#settle(this.#deadline.mono - this.#engine.clock.now());
    throw cause;
  }

  #end(): void {
    this.#state = ENDED;
    this.#engine.forget(this);
    this.#engine.keepAlive.leave();
  }
}
