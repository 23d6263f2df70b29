import { type AcquisitionMessage, renewalTopic } from '../diagnostics.js';
import { type LostReason, RedisUnreachableError } from '../errors.js';
import { renewalInterval } from '../store/protocol.js';
import type { Outcomes, RenewOperation, Reply } from '../store/port.js';
import type { Appointed } from '../runtime/agenda.js';
import { type Instant, instant } from '../runtime/clock.js';
import { Deadline } from '../runtime/deadline.js';
import type { Engine } from './engine.js';
import { patience, RETRY_PAUSE } from './persist.js';

/** Whose lease it is. */
export interface Leaseholder {
  readonly key: string;
  readonly token: string;
  readonly fencingToken: number;
  readonly identity: AcquisitionMessage;
  /** The lease is over, for this reason. */
  lose(reason: LostReason): void;
  /** @throws {LockLostError} if it is not held any more. */
  assertHeld(): void;
}

export interface LeaseTerms {
  /** In ms. */
  readonly ttl: number;
  /** Renew in the background. */
  readonly renew: boolean;
}

/** A renewal that is under way. */
interface Renewal {
  readonly sent: Instant;
  readonly ttl: number;
}

/**
 * The time for which a holder may believe: a deadline, and the renewals that move it.
 *
 * A renewal has four outcomes: renewed; lost, when the server says so; unknown, when no answer came,
 * to be tried again soon; expired, when the deadline passed meanwhile.
 */
export class Lease implements Appointed, Reply<RenewOperation> {
  /** The next moment at which something must happen: a renewal, or the deadline. */
  due = 0;
  place = -1;
  readonly #engine: Engine;
  readonly #holder: Leaseholder;
  readonly #autoRenew: boolean;
  #ttl: number;
  #deadline: Deadline;
  #renewAt: number;
  #ended = false;
  #underWay: Renewal | undefined;
  /** See `renewal`. */
  #over: Promise<Error | undefined> | undefined;
  #onceOver: ((failure: Error | undefined) => void) | undefined;

  constructor(
    engine: Engine,
    holder: Leaseholder,
    { ttl, renew }: LeaseTerms,
    sent: Instant,
    deadline: Deadline,
  ) {
    this.#engine = engine;
    this.#holder = holder;
    this.#ttl = ttl;
    this.#autoRenew = renew;
    this.#deadline = deadline;
    this.#renewAt = sent.mono + renewalInterval(ttl);
    this.#schedule();
  }

  get ttl(): number {
    return this.#ttl;
  }

  get passed(): boolean {
    return this.#deadline.passed(this.#engine.clock);
  }

  /** In ms. */
  get remaining(): number {
    return this.#deadline.remaining(this.#engine.clock);
  }

  /** When the lease ends if it is not renewed, on the monotonic clock. */
  get end(): number {
    return this.#deadline.mono;
  }

  /**
   * The end of the renewal that is under way, and what kept it from being answered; operations on one
   * token never overlap. Never rejects. Only made for who asks: most renewals nobody waits for.
   */
  get renewal(): Promise<Error | undefined> | undefined {
    return this.#underWay === undefined ? undefined : this.#whenOver();
  }

  /** No more renewals, no more deadline: the lock was given back or lost. */
  stop(): void {
    this.#ended = true;
    this.#engine.agenda.cancel(this);
  }

  /** Renews now, and again until there is an answer or `commandTimeout` has passed. */
  async renew(ttl: number): Promise<void> {
    const { clock, agenda, commandTimeout } = this.#engine;
    const until = clock.now() + commandTimeout;
    // oxlint-disable no-await-in-loop -- operations on one token never overlap
    for (;;) {
      while (this.renewal !== undefined) await this.renewal;
      this.#holder.assertHeld();
      this.#renewOnce(ttl, until);
      const failure = await this.#whenOver();
      this.#holder.assertHeld();
      if (failure === undefined) return;
      if (!(failure instanceof RedisUnreachableError)) throw failure;
      if (clock.now() + RETRY_PAUSE >= until) throw failure;
      await agenda.pause(RETRY_PAUSE);
    }
    // oxlint-enable no-await-in-loop
  }

  #schedule(): void {
    if (this.#ended) return;
    const renewal = this.#autoRenew && this.#underWay === undefined ? this.#renewAt : Infinity;
    this.#engine.agenda.schedule(this, Math.min(renewal, this.end));
  }

  /** @inheritDoc Appointed.run */
  run(): void {
    if (this.passed) {
      this.#holder.lose('expired');
      return;
    }
    const due = this.#engine.clock.now() >= this.#renewAt;
    if (this.#autoRenew && this.#underWay === undefined && due) {
      this.#renewOnce(this.#ttl, this.end);
    }
    this.#schedule();
  }

  /** Sends one renewal. */
  #renewOnce(ttl: number, until: number): void {
    const { key, token } = this.#holder;
    const sent = instant(this.#engine.clock);
    this.#underWay = { sent, ttl };
    const operation = { kind: 'renew', key, token, ttl } as const;
    this.#engine.session.submit(operation, patience(this.#engine, until), this);
  }

  /** @inheritDoc Reply.answered */
  answered(outcome: Outcomes['renew']): void {
    const { sent, ttl } = this.#underWay as Renewal;
    if (this.passed) {
      this.#holder.lose('expired');
      this.#report('expired');
    } else if (this.#ended) {
      // The lock is being given back: its owner does not want to know.
    } else if (outcome.kind === 'lost' || outcome.fencingToken !== this.#holder.fencingToken) {
      this.#holder.lose('gone');
      this.#report('lost');
    } else {
      this.#ttl = ttl;
      this.#deadline = this.#deadline.extendedTo(Deadline.ofLease(sent, ttl));
      this.#renewAt = sent.mono + renewalInterval(ttl);
      this.#report('renewed');
    }
    this.#endRenewal(undefined);
  }

  /** @inheritDoc Reply.failed */
  failed(error: Error): void {
    const { ttl } = this.#underWay as Renewal;
    this.#renewAt = this.#engine.clock.now() + retryInterval(ttl);
    this.#report('unknown', error);
    this.#endRenewal(error);
  }

  #whenOver(): Promise<Error | undefined> {
    this.#over ??= new Promise((resolve) => {
      this.#onceOver = resolve;
    });
    return this.#over;
  }

  #endRenewal(failure: Error | undefined): void {
    this.#underWay = undefined;
    this.#schedule();
    const onceOver = this.#onceOver;
    this.#onceOver = undefined;
    this.#over = undefined;
    onceOver?.(failure);
  }

  #report(outcome: 'renewed' | 'lost' | 'unknown' | 'expired', cause?: unknown): void {
    if (!renewalTopic.heard) return;
    const remaining = this.#ended ? 0 : this.remaining;
    renewalTopic.publish({ ...this.#holder.identity, outcome, remaining, cause });
  }
}

/** After a renewal without an answer: some tries before the deadline, but no hot loop. */
function retryInterval(ttl: number): number {
  return Math.min(Math.max(ttl / 12, 10), 1_000);
}
