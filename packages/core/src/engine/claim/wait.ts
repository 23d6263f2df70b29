import {
  acquireTopic,
  busyTopic,
  waitBeginTopic,
  waitEndTopic,
  waitLongTopic,
  type WaitOutcome,
} from '../../diagnostics.js';
import { AcquireTimeoutError, LockerClosedError } from '../../errors.js';
import { Appointment } from '../../runtime/agenda.js';
import type { Listed } from '../../runtime/roster.js';
import type { Hold, HoldTerms } from '../hold/hold.js';
import type { LeaseTerms } from '../hold/lease.js';
import { toldMode } from '../told-mode.js';
import { type Abortable, type AbortSignalLike, attend, leave } from './abort.js';
import { Claim, type Claimant, type ClaimRooms, type Subject } from './claim.js';
import type { ClaimTerms } from './claim-state.js';
import type { Granted } from './effect.js';
import { waitOutcomeOf } from './wait-outcome.js';

export interface AcquireOptions extends ClaimTerms, LeaseTerms {
  /** A wait that lasts for longer is told, in ms; Infinity: never. */
  readonly warnAfter: number;
  readonly signal: AbortSignalLike | undefined;
  /** The lock is not given back before so many ms have passed from its grant. */
  readonly holdAtLeast: number;
  /** Told once, when the first answer is no grant: from here on it has its place, or asks on for it. */
  readonly waits?: (() => void) | undefined;
}

/** What a call needs of the locker around it. */
export interface WaitRooms extends ClaimRooms {
  /** Makes what was granted into a lock that is held, and keeps it. */
  hold(terms: HoldTerms, grant: Granted): Hold;
  /** The call has come to its end. */
  left(wait: Waiting): void;
}

/** A call that has not come to its end. */
export interface Waiting extends Listed {
  /** The locker closes. Resolves when the server certainly keeps nothing of it; never rejects. */
  close(): Promise<void>;
}

/**
 * How long a caller that gives up is kept for an answer, in ms: to its cancel; or to its request, if
 * nothing was heard yet. A process that stood still has not even sent that, or not read the answer.
 */
export const LEAVING_GRACE = 100;

/**
 * One call of `acquire`: its promise, and all that can end it: the grant, an error, the caller's
 * timeout or signal, the close of the locker.
 */
export class Wait implements Claimant, Abortable, Waiting {
  place = -1;
  readonly promise: Promise<Hold>;
  readonly #rooms: WaitRooms;
  readonly #subject: Subject;
  readonly #options: AcquireOptions;
  readonly #claim: Claim;
  readonly #timeout: Appointment | undefined;
  #isGraced = false;
  #warning: Appointment | undefined;
  #resolve!: (hold: Hold) => void;
  #reject!: (reason: unknown) => void;
  #state: 'waiting' | 'over' = 'waiting';
  /** That it waits was told; so is its end. */
  #isTold = false;

  constructor(rooms: WaitRooms, subject: Subject, options: AcquireOptions) {
    const { agenda, clock, keepAlive } = rooms.context;
    this.#rooms = rooms;
    this.#subject = subject;
    this.#options = options;
    this.#claim = new Claim(rooms, this, subject, options);
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    keepAlive.enter();
    const { waitTimeout, signal } = options;
    if (waitTimeout > 0 && waitTimeout < Infinity) {
      this.#timeout = new Appointment(() => this.#onTimeout());
      agenda.schedule(this.#timeout, clock.now() + waitTimeout);
    }
    if (signal !== undefined) attend(signal, this);
  }

  begin(): void {
    this.#claim.begin();
  }

  granted(grant: Granted): void {
    this.#finish();
    const { name, key, token } = this.#subject;
    const { ttl, renew, room, maxHold, holdAtLeast } = this.#options;
    const { fencingToken, handedOff } = grant;
    const terms = { name, key, token, fencingToken, ttl, renew, room, maxHold };
    const hold = this.#rooms.hold(terms, grant);
    if (holdAtLeast > 0) hold.keepFor(holdAtLeast);
    this.#rooms.context.keepAlive.leave();
    this.#resolve(hold);
    this.#tellEnd('granted', fencingToken);
    if (acquireTopic.heard) {
      const waited = this.#claim.age;
      const mode = toldMode(room);
      acquireTopic.publish({ lockName: name, token, fencingToken, waited, handedOff, ...mode });
    }
  }

  waits(): void {
    this.#options.waits?.();
    this.#warnLater();
    if (!waitBeginTopic.heard) return;
    this.#isTold = true;
    const { waitTimeout, room } = this.#options;
    const { holder, holderTtl, trouble } = this.#claim;
    waitBeginTopic.publish({
      lockName: this.#subject.name,
      token: this.#subject.token,
      holder,
      holderTtl,
      waitTimeout: waitTimeout === Infinity ? undefined : waitTimeout,
      cause: trouble,
      ...toldMode(room),
    });
  }

  /** It is to be told if it takes long: only who waits has an appointment for that. */
  #warnLater(): void {
    const { warnAfter } = this.#options;
    if (warnAfter === Infinity || !waitLongTopic.heard) return;
    const { agenda, clock } = this.#rooms.context;
    this.#warning = new Appointment(() => this.#warn());
    agenda.schedule(this.#warning, clock.now() + warnAfter - this.#claim.age);
  }

  #warn(): void {
    if (!waitLongTopic.heard) return;
    const { name, token } = this.#subject;
    const { age: waited, holder, holderTtl, trouble: cause } = this.#claim;
    const mode = toldMode(this.#options.room);
    waitLongTopic.publish({ lockName: name, token, waited, holder, holderTtl, cause, ...mode });
  }

  /** The time is up. */
  #onTimeout(): void {
    const { agenda, clock } = this.#rooms.context;
    if (this.#claim.isUnheard && !this.#isGraced) {
      this.#isGraced = true;
      agenda.schedule(this.#timeout as Appointment, clock.now() + LEAVING_GRACE);
    } else {
      this.busy();
    }
  }

  /** The time is up, or there is none. */
  busy(): void {
    const reason = this.#claim.whyNot();
    void this.#leave(reason, waitOutcomeOf(reason));
    if (reason instanceof AcquireTimeoutError && busyTopic.heard) {
      const { lockName, waited, holderTtl, holder } = reason;
      const { token } = this.#subject;
      const mode = toldMode(this.#options.room);
      busyTopic.publish({ lockName, token, waited, holderTtl, holder, ...mode });
    }
  }

  abort(reason: unknown): void {
    void this.#leave(reason, 'aborted');
  }

  /** Ends the wait at once; what may stand at the server is cleared away behind the caller's back. */
  failed(error: Error): void {
    if (this.#state === 'over') return;
    this.#finish();
    if (this.#claim.mayStand) void this.#claim.withdraw();
    this.#tell(error);
    this.#tellEnd(waitOutcomeOf(error));
  }

  /** @inheritDoc Waiting.close */
  close(): Promise<void> {
    const about = { lockName: this.#subject.name, operation: 'acquire' } as const;
    return this.#leave(new LockerClosedError(about), 'closed');
  }

  /** Ends the wait; the caller is told when the server is known to have let go, or soon after. */
  #leave(reason: unknown, outcome: WaitOutcome): Promise<void> {
    if (this.#state === 'over') return Promise.resolve();
    this.#finish();
    const withdrawn = this.#claim.mayStand ? this.#claim.withdraw() : undefined;
    if (withdrawn === undefined) this.#tell(reason);
    else {
      const { agenda } = this.#rooms.context;
      void agenda.atMost(LEAVING_GRACE, withdrawn).then(() => this.#tell(reason));
    }
    this.#tellEnd(outcome);
    return withdrawn ?? Promise.resolve();
  }

  #finish(): void {
    this.#state = 'over';
    this.#claim.stop();
    const { agenda } = this.#rooms.context;
    if (this.#timeout !== undefined) agenda.cancel(this.#timeout);
    if (this.#warning !== undefined) agenda.cancel(this.#warning);
    const { signal } = this.#options;
    if (signal !== undefined) leave(signal, this);
    this.#rooms.left(this);
  }

  #tell(reason: unknown): void {
    this.#rooms.context.keepAlive.leave();
    this.#reject(reason);
  }

  #tellEnd(outcome: WaitOutcome, fencingToken?: number): void {
    if (!this.#isTold) return;
    const { name, token } = this.#subject;
    const { age, holder } = this.#claim;
    const mode = toldMode(this.#options.room);
    const told = { lockName: name, token, outcome, waited: age, holder, fencingToken };
    waitEndTopic.publish({ ...told, ...mode });
  }
}
