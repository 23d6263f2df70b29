import { type AcquisitionMessage, type RenewalOutcome, renewalTopic } from '../../diagnostics.js';
import type { LossFacts, LostReason } from '../../loss.js';
import type { Appointed } from '../../runtime/agenda.js';
import { type Instant, instant } from '../../runtime/clock.js';
import { Deadline } from '../../runtime/deadline.js';
import type {
  Failure,
  Holder,
  Outcomes,
  Patience,
  RenewOperation,
  Reply,
  Room,
} from '../../store/port.js';
import type { Context } from '../context.js';
import { Renew } from '../operations.js';
import { passes, pauseAfter, silence } from '../retry.js';
import { reasonBy } from './loss.js';

/** Whose lease it is. */
export interface Leaseholder {
  readonly name: string;
  readonly key: string;
  readonly token: string;
  readonly fencingToken: number;
  readonly room: Room | undefined;
  readonly identity: AcquisitionMessage;
  /** The lease is over, for this reason; and who has the lock, if the server said so. */
  lose(reason: LostReason, holder?: Holder): void;
  /** @throws {LockLostError} if it is not held any more. */
  assertHeld(): void;
}

export interface LeaseTerms {
  /** In ms. */
  readonly ttl: number;
  /** Renew in the background. */
  readonly renew: boolean;
  /** So long it may be held, in ms; Infinity: no limit. */
  readonly maxHold: number;
}

/** The renewal after the one that is under way. */
interface Next {
  ttl: number;
  readonly done: Promise<void>;
}

/**
 * The time for which a holder may believe: a deadline, and the renewals that move it.
 *
 * A renewal has four outcomes: renewed; lost, when the server says so; unknown, when there was no
 * answer or an error for one, to be tried again soon; expired, when the deadline passed meanwhile.
 */
export class Lease implements Appointed, Reply<RenewOperation>, Patience {
  /** The next moment at which something must happen: a renewal, or the deadline. */
  due = 0;
  place = -1;
  readonly urgency = 'keeping';
  readonly #context: Context;
  readonly #holder: Leaseholder;
  #autoRenew: boolean;
  /** Until then it may be held, on the monotonic clock; undefined: no limit. */
  readonly #limit: number | undefined;
  #ttl: number;
  #deadline: Deadline;
  /** Nobody else believes in the grant, who may have given it back unseen. */
  #isSole = true;
  #renewAt: number;
  #ended = false;
  /** When a renewal was confirmed last; 0: none was. And what became of those after it. */
  #renewedAt = 0;
  #failure: Failure | undefined;
  /** The renewal under way, if there is one; when it was sent, and until when it is worth it. */
  #renewing: Renew | undefined;
  #sent: Instant;
  /** @inheritDoc Patience.sendBy */
  sendBy = 0;
  /** See `renewal`. */
  #over: Promise<Failure | undefined> | undefined;
  #onceOver: ((failure: Failure | undefined) => void) | undefined;
  #next: Next | undefined;

  constructor(
    context: Context,
    holder: Leaseholder,
    { ttl, renew, maxHold }: LeaseTerms,
    sent: Instant,
    deadline: Deadline,
  ) {
    this.#context = context;
    this.#holder = holder;
    this.#ttl = ttl;
    this.#autoRenew = renew;
    this.#limit = maxHold === Infinity ? undefined : context.clock.now() + maxHold;
    this.#sent = sent;
    this.#deadline = deadline;
    this.#renewAt = sent.mono + renewalInterval(ttl);
    this.#schedule();
  }

  get ttl(): number {
    return this.#ttl;
  }

  /** Why nobody may believe in it any more. */
  get over(): 'expired' | 'overdue' | undefined {
    const { clock } = this.#context;
    const limit = this.#limit ?? Infinity;
    // What came first: a timer may ring when both have passed.
    if (limit <= this.end && clock.now() >= limit) return 'overdue';
    return this.#deadline.passed(clock) ? 'expired' : undefined;
  }

  /** In ms. */
  get remaining(): number {
    const { clock } = this.#context;
    const remaining = this.#deadline.remaining(clock);
    if (this.#limit === undefined) return remaining;
    return Math.max(0, Math.min(remaining, this.#limit - clock.now()));
  }

  /** When the lease ends if it is not renewed, on the monotonic clock. */
  get end(): number {
    return this.#deadline.mono;
  }

  /**
   * The same in the store's time, in ms, for who alone believes in the grant: so it can be reclaimed
   * after a loss of data. Undefined: it cannot.
   */
  get endAtStore(): number | undefined {
    return this.#isSole ? this.#deadline.atStore : undefined;
  }

  /** Others believe in the grant, too: what became of it only the store knows. */
  share(): void {
    this.#isSole = false;
  }

  /**
   * The end of the renewal that is under way, and what kept it from being answered; operations on one
   * token never overlap. Never rejects. Only made for who asks: most renewals nobody waits for.
   */
  get renewal(): Promise<Failure | undefined> | undefined {
    return this.#renewing === undefined ? undefined : this.#whenOver();
  }

  /** What kept renewals from being confirmed since the last one that was. */
  get failure(): Failure | undefined {
    return this.#failure;
  }

  /**
   * For how long, in ms, the server keeps the lock from others if nothing more reaches it; at the
   * most: a renewal without an answer may have been applied a moment ago. `granted`: when the lock was.
   */
  blocksFor(granted: number): number {
    const failure = this.#failure?.kind;
    if (failure === 'unanswered' || failure === 'not replicated') return this.#ttl;
    const since = Math.max(granted, this.#renewedAt);
    return Math.max(since + this.#ttl - this.#context.clock.now(), 0);
  }

  /** What is known of a loss that is noticed now. `granted`: when the lock was. */
  factsOfLoss(reason: LostReason, granted: number): LossFacts {
    const { clock, agenda } = this.#context;
    const since = Math.max(granted, this.#renewedAt);
    const sinceRenewal = clock.now() - since;
    const eventLoopDelay = agenda.lateSince(since);
    if (reason !== 'expired') {
      return { lateBy: undefined, sinceRenewal, eventLoopDelay, suspect: undefined };
    }
    const lateBy = this.#deadline.overdue(clock);
    // The first renewal is due after as much of the time.
    const stoodStill = Math.max(lateBy, eventLoopDelay) >= sinceRenewal / 3;
    const asked = this.#autoRenew || this.#failure !== undefined || this.#renewing !== undefined;
    const suspect = stoodStill ? 'process' : asked ? 'server' : undefined;
    return { lateBy, sinceRenewal, eventLoopDelay, suspect };
  }

  /** No more renewals in the background. */
  stopRenewing(): void {
    this.#autoRenew = false;
    this.#schedule();
  }

  /** No more renewals, no more deadline: the lock was given back or lost. */
  stop(): void {
    this.#ended = true;
    this.#context.agenda.cancel(this);
  }

  /**
   * Renews now, and again until there is an answer or `commandTimeout` has passed. Those that come
   * while a renewal is under way share the next one, for the longest ttl that is asked for.
   */
  renew(ttl: number): Promise<void> {
    if (this.#renewing === undefined) return this.#renewUntilAnswered(ttl);
    if (this.#next === undefined) {
      this.#next = { ttl, done: this.#whenOver().then(() => this.#renewNext()) };
    } else {
      this.#next.ttl = Math.max(this.#next.ttl, ttl);
    }
    return this.#next.done;
  }

  #renewNext(): Promise<void> {
    const { ttl } = this.#next as Next;
    this.#next = undefined;
    return this.renew(ttl);
  }

  async #renewUntilAnswered(ttl: number): Promise<void> {
    const { clock, agenda, commandTimeout } = this.#context;
    const until = clock.now() + commandTimeout;
    // It waits for its turn as long as it can help; once something went wrong, there is less time.
    let sendBy = Infinity;
    // oxlint-disable no-await-in-loop -- operations on one token never overlap
    for (let attempts = 1; ; attempts += 1) {
      while (this.renewal !== undefined) await this.renewal;
      this.#holder.assertHeld();
      this.#renewOnce(ttl, sendBy);
      const failure = await this.#whenOver();
      this.#holder.assertHeld();
      if (failure === undefined) return;
      const pause = pauseAfter(attempts);
      if (!passes(failure) || clock.now() + pause >= until) {
        throw failure.error.of(this.#holder.name, 'renew');
      }
      sendBy = until;
      await agenda.pause(pause);
    }
    // oxlint-enable no-await-in-loop
  }

  #schedule(): void {
    if (this.#ended) return;
    const { end } = this;
    const renewal = this.#mayRenew ? this.#renewAt : Infinity;
    this.#context.agenda.schedule(this, Math.min(renewal, end, this.#limit ?? end));
  }

  /** What the lease covers to its limit is not renewed: the next one gets in the sooner after it. */
  get #mayRenew(): boolean {
    if (!this.#autoRenew || this.#renewing !== undefined) return false;
    return this.#limit === undefined || this.end < this.#limit;
  }

  /** @inheritDoc Appointed.run */
  run(): void {
    const { over } = this;
    if (over !== undefined) {
      this.#holder.lose(over);
      return;
    }
    if (this.#mayRenew && this.#context.clock.now() >= this.#renewAt) {
      this.#renewOnce(this.#ttl, Infinity);
    }
    this.#schedule();
  }

  /** Sends one renewal. */
  #renewOnce(ttl: number, until: number): void {
    const { key, token, fencingToken, room } = this.#holder;
    this.sendBy = Math.min(until, this.end);
    this.#renewing = new Renew(key, token, fencingToken, ttl, room, this.endAtStore);
    this.#context.session.submit(this.#renewing, this, this);
    if (this.#context.listens) this.#context.session.channelOf(key).probe();
  }

  /** @inheritDoc Patience.silence */
  get silence(): number {
    return silence(this.#context, this.sendBy);
  }

  /** @inheritDoc Reply.sending */
  sending(): boolean {
    if (this.#ended) return false;
    this.#sent = instant(this.#context.clock);
    return true;
  }

  /** @inheritDoc Reply.answered */
  answered(outcome: Outcomes['renew']): void {
    const { ttl } = this.#renewing as Renew;
    const sent = this.#sent;
    this.#renewing = undefined;
    let report: RenewalOutcome | undefined;
    if (this.#deadline.passed(this.#context.clock)) {
      report = 'expired';
      this.#holder.lose('expired');
    } else if (this.#ended) {
      // The lock is being given back: its owner does not want to know.
    } else if (outcome.kind === 'lost') {
      report = 'lost';
      const { holder } = outcome;
      this.#holder.lose(reasonBy(holder), holder);
    } else {
      report = 'renewed';
      this.#ttl = ttl;
      this.#renewedAt = this.#context.clock.now();
      this.#failure = undefined;
      this.#deadline = this.#deadline.extendedTo(Deadline.ofLease(sent, ttl, outcome.at));
      if (outcome.reclaimed === true) this.#context.grace?.watch.reclaimed(this.#holder);
      this.#renewAt = sent.mono + renewalInterval(ttl);
    }
    this.#endRenewal(undefined);
    if (report !== undefined) this.#report(report);
  }

  /** @inheritDoc Reply.failed */
  failed(failure: Failure): void {
    const { ttl } = this.#renewing as Renew;
    this.#renewing = undefined;
    this.#failure = failure;
    this.#renewAt = this.#context.clock.now() + retryInterval(ttl);
    this.#endRenewal(failure);
    this.#report('unknown', failure);
  }

  #whenOver(): Promise<Failure | undefined> {
    this.#over ??= new Promise((resolve) => {
      this.#onceOver = resolve;
    });
    return this.#over;
  }

  #endRenewal(failure: Failure | undefined): void {
    this.#schedule();
    const onceOver = this.#onceOver;
    this.#onceOver = undefined;
    this.#over = undefined;
    onceOver?.(failure);
  }

  #report(outcome: RenewalOutcome, failure?: Failure): void {
    if (!renewalTopic.heard) return;
    const cause = failure?.error.of(this.#holder.name, 'renew');
    const remaining = outcome === 'lost' ? 0 : this.remaining;
    renewalTopic.publish({ ...this.#holder.identity, outcome, remaining, cause });
  }
}

/** Renewal is due after a third of the ttl: two more tries fit before the deadline. */
function renewalInterval(ttl: number): number {
  return ttl / 3;
}

/** After a renewal without an answer: some tries before the deadline, but no hot loop. */
function retryInterval(ttl: number): number {
  return Math.min(Math.max(ttl / 12, 10), 1_000);
}
