import { type AcquisitionMessage, renewalTopic } from '../../diagnostics.js';
import { Appointment } from '../../runtime/agenda.js';
import { instant, type Instant } from '../../runtime/clock.js';
import { Deadline } from '../../runtime/deadline.js';
import type { Failure, Holder, RenewOperation, Room } from '../../store/port.js';
import { LONGEST_TTL } from '../../store/protocol.js';
import type { Context } from '../context.js';
import { Renew } from '../operations.js';
import { type Answer, persist, type Persistent } from '../retry.js';

/** A grant whose owner is done before its time. Moments on the monotonic clock. */
export interface Kept {
  readonly key: string;
  readonly identity: AcquisitionMessage;
  readonly room: Room | undefined;
  /** The end of the lease that was believed in, in the store's time; undefined: it cannot be reclaimed. */
  readonly endAtStore: number | undefined;
  /** When it may be given back. */
  readonly until: number;
  /** The renewal that is under way; operations on one token never overlap. */
  readonly renewal: Promise<unknown> | undefined;
}

/** Whose grant it is. */
interface Keeper {
  /** Its time has come. */
  due(): void;
  /** The server says that it is not that of the grant any more. Returns what its owner is to be told. */
  gone(holder: Holder | undefined): Error | undefined;
}

/**
 * Keeps a lock for a time when nobody works under it any more. The lease itself is made to last until
 * then, so that it needs no process: one that ends, or closes its locker, leaves the lock behind. The
 * server is asked for that in any case: its answer also tells whether the work was protected.
 */
export class Keeping implements Persistent<RenewOperation> {
  readonly kind = 'keeping';
  readonly #context: Context;
  readonly #kept: Kept;
  readonly #keeper: Keeper;
  readonly #next = new Appointment((now) => this.#onTime(now));
  /** Resolves with the first answer: with nothing, or with what its owner is to be told. */
  readonly #asked: Promise<Error | undefined>;
  #tell!: (error: Error | undefined) => void;
  #covered: Promise<void> = Promise.resolve();
  #resolve!: () => void;
  /** Whether the server is known to keep the lock for long enough, or is just being asked to. */
  #isCoveredFor = true;
  #isLeft = false;
  #sent: Instant;
  #ttl = 0;

  constructor(context: Context, kept: Kept, keeper: Keeper) {
    this.#context = context;
    this.#kept = kept;
    this.#keeper = keeper;
    this.#sent = instant(context.clock);
    this.#asked = new Promise((resolve) => {
      this.#tell = resolve;
    });
  }

  begin(): void {
    this.#context.agenda.schedule(this.#next, this.#kept.until);
    this.#cover();
  }

  /** How the first answer went, for whoever gives the lock back. */
  async told(): Promise<void> {
    const error = await this.#asked;
    if (error !== undefined) throw error;
  }

  /**
   * Leaves the lock to the server: it runs out by itself. Resolves when that is known to be long
   * enough, or cannot be known; never rejects.
   */
  leave(): Promise<void> {
    this.#isLeft = true;
    this.#context.agenda.cancel(this.#next);
    if (!this.#isCoveredFor) this.#cover();
    return this.#covered;
  }

  answered({ outcome }: Answer<RenewOperation>): void {
    this.#report(outcome.kind === 'lost' ? 'lost' : 'renewed');
    this.#endCover();
    if (outcome.kind === 'lost') {
      this.#context.agenda.cancel(this.#next);
      this.#tell(this.#keeper.gone(outcome.holder));
    } else this.#tell(undefined);
  }

  failed({ error }: Failure): void {
    this.#report('unknown', error);
    this.#isCoveredFor = false;
    this.#endCover();
    this.#tell(error.of(this.#kept.identity.lockName, 'release'));
    if (this.#isLeft) return;
    const { clock, agenda } = this.#context;
    const now = clock.now();
    // As long as there is something to cover it is tried again, and nobody is kept waiting for that.
    agenda.schedule(this.#next, now + (this.#kept.until - now) / 6);
  }

  #onTime(now: number): void {
    if (now < this.#kept.until) this.#cover();
    else this.#keeper.due();
  }

  /** Has the lease last until then, and not for much longer: that is what a crash leaves. */
  #cover(): void {
    const { keepAlive } = this.#context;
    const { renewal } = this.#kept;
    keepAlive.enter();
    this.#isCoveredFor = true;
    this.#covered = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    if (renewal === undefined) this.#send();
    else void renewal.then(() => this.#send());
  }

  #send(): void {
    const { clock, agenda, commandTimeout } = this.#context;
    const { key, identity, room, endAtStore, until } = this.#kept;
    this.#sent = instant(clock);
    const now = this.#sent.mono;
    this.#ttl = ttlFor(until - now);
    if (!this.#isLeft) agenda.schedule(this.#next, until);
    const { token, fencingToken } = identity;
    const renew = new Renew(key, token, fencingToken, this.#ttl, room, endAtStore);
    const effort = { urgency: 'keeping', until: Math.min(now + commandTimeout, until) } as const;
    persist<RenewOperation>(this.#context, renew, effort, this);
  }

  #endCover(): void {
    this.#context.keepAlive.leave();
    this.#resolve();
  }

  #report(outcome: 'renewed' | 'lost' | 'unknown', cause?: unknown): void {
    if (!renewalTopic.heard) return;
    const deadline = Deadline.ofLease(this.#sent, this.#ttl);
    const remaining = outcome === 'renewed' ? deadline.remaining(this.#context.clock) : 0;
    renewalTopic.publish({ ...this.#kept.identity, outcome, remaining, cause });
  }
}

/**
 * A fiftieth and 50 ms more: for clocks that differ, and for a release that comes when the time is
 * over and must find its lock.
 */
function ttlFor(rest: number): number {
  return Math.min(Math.max(Math.ceil(rest * 1.02), 0) + 50, LONGEST_TTL);
}
