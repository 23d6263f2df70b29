import { acquireTopic, busyTopic } from '../diagnostics.js';
import { AcquireTimeoutError } from '../errors.js';
import { Appointment } from '../runtime/agenda.js';
import { Claim, type Claimant, type ClaimTerms, type Subject } from './claim.js';
import type { Instant } from '../runtime/clock.js';
import type { Deadline } from '../runtime/deadline.js';
import type { Engine } from './engine.js';
import { Hold } from './hold.js';
import type { LeaseTerms } from './lease.js';
import type { Listed } from '../runtime/roster.js';

export interface AcquireOptions extends ClaimTerms, LeaseTerms {
  readonly signal: AbortSignal | undefined;
}

/** How long a caller that gives up is kept for the answer to its cancel, in ms. */
const LEAVING_GRACE = 100;

/**
 * One call of `acquire`: its promise, and all that can end it: the grant, an error, the caller's
 * timeout or signal, the close of the locker.
 */
export class Wait implements Claimant, Listed {
  place = -1;
  readonly promise: Promise<Hold>;
  readonly #engine: Engine;
  readonly #subject: Subject;
  readonly #options: AcquireOptions;
  readonly #claim: Claim;
  readonly #timeout: Appointment | undefined;
  readonly #onAbort: (() => void) | undefined;
  #resolve!: (hold: Hold) => void;
  #reject!: (reason: unknown) => void;
  #over = false;

  constructor(engine: Engine, subject: Subject, options: AcquireOptions) {
    this.#engine = engine;
    this.#subject = subject;
    this.#options = options;
    this.#claim = new Claim(engine, this, subject, options);
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    engine.keepAlive.enter();
    const { waitTimeout, signal } = options;
    if (waitTimeout > 0 && waitTimeout < Infinity) {
      this.#timeout = new Appointment(() => void this.#leave(this.#claim.whyNot()));
      engine.agenda.schedule(this.#timeout, engine.clock.now() + waitTimeout);
    }
    if (signal !== undefined) {
      this.#onAbort = () => void this.#leave(signal.reason);
      signal.addEventListener('abort', this.#onAbort, { once: true });
    }
    this.#claim.ask('first');
  }

  granted(fencingToken: number, sent: Instant, deadline: Deadline, handedOff: boolean): void {
    this.#finish();
    const { name, key, token } = this.#subject;
    const { ttl, renew } = this.#options;
    const terms = { name, key, token, fencingToken, ttl, renew };
    const hold = new Hold(this.#engine, terms, sent, deadline);
    this.#engine.keep(hold);
    if (acquireTopic.heard) {
      const waited = this.#claim.age;
      acquireTopic.publish({ lockName: name, token, fencingToken, waited, handedOff });
    }
    this.#engine.keepAlive.leave();
    this.#resolve(hold);
  }

  busy(): void {
    void this.#leave(this.#claim.whyNot());
  }

  /** Ends the wait at once; what may stand at the server is cleared away behind the caller's back. */
  failed(error: unknown): void {
    this.#finish();
    void this.#claim.withdraw();
    this.#tell(error);
  }

  /** The locker closes. Resolves when the server certainly does not keep the token. */
  close(reason: Error): Promise<void> {
    return this.#leave(reason);
  }

  /** Ends the wait; the caller is told when the server is known to have let go, or soon after. */
  #leave(reason: unknown): Promise<void> {
    if (this.#over) return Promise.resolve();
    this.#finish();
    if (reason instanceof AcquireTimeoutError && busyTopic.heard) {
      const { lockName, waited, holderTtl } = reason;
      busyTopic.publish({ lockName, waited, holderTtl });
    }
    if (!this.#claim.mayStand) {
      this.#tell(reason);
      return Promise.resolve();
    }
    const withdrawn = this.#claim.withdraw();
    void this.#engine.agenda.atMost(LEAVING_GRACE, withdrawn).then(() => this.#tell(reason));
    return withdrawn;
  }

  #finish(): void {
    this.#over = true;
    this.#claim.stop();
    if (this.#timeout !== undefined) this.#engine.agenda.cancel(this.#timeout);
    if (this.#onAbort !== undefined) {
      this.#options.signal?.removeEventListener('abort', this.#onAbort);
    }
    this.#engine.left(this);
  }

  #tell(reason: unknown): void {
    this.#engine.keepAlive.leave();
    this.#reject(reason);
  }
}
