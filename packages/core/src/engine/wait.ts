import { acquireTopic, busyTopic, handOffTopic } from '../diagnostics.js';
import { AcquireTimeoutError, ForeignDataError, RedisUnreachableError } from '../errors.js';
import type { AcquireOperation, Grant, Outcomes, Reply, Waiting } from '../store.js';
import { Appointment } from './agenda.js';
import { type Instant, instant } from './clock.js';
import { Deadline } from './deadline.js';
import type { Engine } from './engine.js';
import { Hold } from './hold.js';
import type { Line } from './line.js';
import type { Listed } from './roster.js';
import { patience, RETRY_PAUSE, SHORTEST_PATIENCE } from './persist.js';

/** What an acquisition is for; its token is known before anything is sent. */
export interface Subject {
  readonly name: string;
  readonly key: string;
  readonly token: string;
}

export interface AcquireOptions {
  readonly ttl: number;
  /** Milliseconds; 0: try once; Infinity: no limit. */
  readonly waitTimeout: number;
  readonly signal: AbortSignal | undefined;
  readonly renew: boolean;
}

/** How long a caller that gives up is kept for the answer to its cancel. */
const LEAVING_GRACE = 100;

/** `first`: the caller's own; `poll`: the line's fallback; `resend`: after a reconnect. */
type Occasion = 'first' | 'poll' | 'resend' | 'confirm';

/**
 * One acquisition from the call to its grant, its error or its end.
 *
 * It only ever sends one kind of request, `acquire` with the same token, one at a time: to ask, to
 * poll, to come back with its ticket, and to confirm a push that is too old to build a lease on.
 */
export class Wait implements Reply<AcquireOperation>, Listed {
  place = -1;
  readonly promise: Promise<Hold>;
  readonly #engine: Engine;
  readonly #subject: Subject;
  readonly #options: AcquireOptions;
  readonly #started: number;
  #resolve!: (hold: Hold) => void;
  #reject!: (reason: unknown) => void;

  /** No grant for this token can be older than this moment. */
  #basis: Instant | undefined;
  /** A grant with a fencing token up to this one is over. */
  #asOf = 0;
  #ticket: number | undefined;
  #pushed: number | undefined;
  #line: Line | undefined;

  /** The occasion of the request under way, if there is one; and when the first of them began. */
  #asking: Occasion | undefined;
  #askedAt = 0;
  #askAgain = false;
  #sent: Instant | undefined;
  /** What waits for the end of the requests. */
  #onceAnswered: (() => void) | undefined;
  /** What the server said last, and what kept it from answering since. */
  #holderTtl: number | undefined;
  #failure: unknown;

  /** The caller has its answer, or is about to get it. */
  #over = false;
  /** The server may know this token; and may have before the request under way. */
  #mayStand = false;
  #stoodBefore = false;
  readonly #timeout: Appointment | undefined;
  readonly #onAbort: (() => void) | undefined;

  constructor(engine: Engine, subject: Subject, options: AcquireOptions) {
    this.#engine = engine;
    this.#subject = subject;
    this.#options = options;
    this.#started = engine.clock.now();
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    engine.keepAlive.enter();
    const { waitTimeout, signal } = options;
    if (waitTimeout > 0 && waitTimeout < Infinity) {
      this.#timeout = new Appointment(() => void this.#leave(this.#timeoutError()));
      engine.agenda.schedule(this.#timeout, this.#started + waitTimeout);
    }
    if (signal !== undefined) {
      this.#onAbort = () => void this.#leave(signal.reason);
      signal.addEventListener('abort', this.#onAbort, { once: true });
    }
    this.ask('first');
  }

  get token(): string {
    return this.#subject.token;
  }

  /** The place in the line; those that have none yet stand last. */
  get ticket(): number {
    return this.#ticket ?? Infinity;
  }

  /** Sends the request (again), or remembers to when the one under way is answered. */
  ask(occasion: Occasion): void {
    if (this.#asking !== undefined) {
      if (occasion === 'resend') this.#askAgain = true;
      return;
    }
    this.#askAgain = false;
    this.#askedAt = this.#engine.clock.now();
    this.#asking = occasion;
    this.#attempt();
  }

  /** The store handed the lock to this token. */
  pushed({ fencingToken }: Grant): void {
    if (this.#over || fencingToken <= this.#asOf) return;
    this.#pushed = fencingToken;
    if (handOffTopic.heard) {
      handOffTopic.publish({
        lockName: this.#subject.name,
        token: this.token,
        fencingToken,
        waited: this.#waited,
      });
    }
    // A request under way tells more, and must be answered before the token may be used.
    if (this.#asking === undefined && !this.#acceptPush()) this.ask('confirm');
  }

  /** Ends the wait at once; what may stand at the server is cleared away behind the caller's back. */
  fail(error: unknown): void {
    if (this.#over) return;
    this.#finish();
    void this.#settle();
    this.#tell(error);
  }

  /** The locker closes. Resolves when the server certainly does not keep this token. */
  close(reason: Error): Promise<void> {
    return this.#leave(reason);
  }

  get #waited(): number {
    return this.#engine.clock.now() - this.#started;
  }

  /** @inheritDoc Reply.answered */
  answered(outcome: Outcomes['acquire']): void {
    if (outcome.kind === 'busy' || outcome.kind === 'foreign') this.#mayStand = this.#stoodBefore;
    this.#failure = undefined;
    if (this.#over || this.#digest(outcome)) this.#stopAsking();
    else if (outcome.kind === 'granted' && this.#askedFor >= this.#engine.commandTimeout) {
      this.fail(this.#tooSlow());
      this.#stopAsking();
    } else this.#attempt();
  }

  /** @inheritDoc Reply.failed */
  failed(error: Error): void {
    if (this.#over) return this.#stopAsking();
    this.#failure = error;
    if (error instanceof RedisUnreachableError) {
      if (this.#acceptPush()) return this.#stopAsking();
      if (this.#askedFor + RETRY_PAUSE < this.#engine.commandTimeout) {
        void this.#engine.agenda.pause(RETRY_PAUSE).then(() => this.#goOn());
        return undefined;
      }
      this.#line?.failAll(error);
    }
    this.fail(error);
    return this.#stopAsking();
  }

  #goOn(): void {
    if (this.#over) this.#stopAsking();
    else this.#attempt();
  }

  /** Sends one request, once the channel stands if it is needed. */
  #attempt(): void {
    if (this.#mustListen) {
      this.#engine.session.listen().then(
        () => this.#goOn(),
        (error: unknown) => this.failed(error as Error),
      );
      return;
    }
    const { clock, session, commandTimeout } = this.#engine;
    const { key, token } = this.#subject;
    const enqueue = this.#options.waitTimeout > 0 && session.listening;
    this.#sent = instant(clock);
    this.#basis ??= this.#sent;
    if (enqueue) this.#line ??= this.#engine.join(this, key);
    this.#stoodBefore = this.#mayStand;
    this.#mayStand = true;
    session.submit(
      { kind: 'acquire', key, token, ttl: this.#options.ttl, enqueue, ticket: this.#ticket },
      patience(this.#engine, this.#askedAt + commandTimeout),
      this,
    );
  }

  /** The last request is answered; what came up meanwhile has its turn. */
  #stopAsking(): void {
    this.#asking = undefined;
    this.#onceAnswered?.();
    if (this.#over || this.#acceptPush()) return;
    if (this.#pushed !== undefined || this.#askAgain) this.ask('confirm');
  }

  /** Nobody is enqueued before the channel stands; a lock that is free needs no channel. */
  get #mustListen(): boolean {
    const busy = this.#holderTtl !== undefined;
    return busy && this.#options.waitTimeout > 0 && !this.#engine.session.listening;
  }

  /** Draws the consequence of an answer; false: ask again. */
  #digest(outcome: Outcomes['acquire']): boolean {
    const sent = this.#sent as Instant;
    switch (outcome.kind) {
      case 'granted': {
        const deadline = Deadline.ofLease(sent, this.#options.ttl);
        if (deadline.passed(this.#engine.clock)) return false;
        const waited = this.#ticket !== undefined;
        // A push should have come before the poll found the grant: the channel may be deaf.
        if (this.#asking === 'poll' && outcome.already && this.#pushed === undefined) {
          this.#engine.session.relisten();
        }
        this.#grant(outcome.fencingToken, sent, deadline, waited && outcome.already);
        return true;
      }
      case 'waiting':
        return this.#digestWaiting(outcome, sent);
      case 'busy':
        this.#holderTtl = outcome.holderTtl;
        if (outcome.holderTtl === 0 || this.#options.waitTimeout > 0) return false;
        void this.#leave(this.#timeoutError());
        return true;
      case 'foreign':
        this.fail(new ForeignDataError(this.#subject.key, outcome.type));
        return true;
    }
  }

  #digestWaiting(outcome: Waiting, sent: Instant): boolean {
    const knownBefore = this.#ticket !== undefined;
    this.#holderTtl = outcome.holderTtl;
    this.#ticket = outcome.ticket;
    this.#asOf = outcome.asOf;
    this.#basis = sent;
    this.#line?.heard(outcome.holderTtl);
    if (this.#pushed !== undefined && this.#pushed <= this.#asOf) this.#pushed = undefined;
    // The line was lost at the server: the others of this process have lost their places, too.
    if (this.#asking === 'poll' && outcome.enqueued && knownBefore) this.#line?.askAll();
    return outcome.holderTtl > 0 || this.#pushed !== undefined;
  }

  /** Takes a pushed grant if the lease that is certain is worth having. */
  #acceptPush(): boolean {
    if (this.#pushed === undefined || this.#basis === undefined) return false;
    const deadline = Deadline.ofLease(this.#basis, this.#options.ttl);
    if (deadline.remaining(this.#engine.clock) < this.#options.ttl / 2) return false;
    this.#grant(this.#pushed, this.#basis, deadline, true);
    return true;
  }

  #grant(fencingToken: number, sent: Instant, deadline: Deadline, handedOff: boolean): void {
    this.#finish();
    const { name, key, token } = this.#subject;
    const { ttl, renew } = this.#options;
    const terms = { name, key, token, fencingToken, ttl, renew };
    const hold = new Hold(this.#engine, terms, sent, deadline);
    this.#engine.keep(hold);
    if (acquireTopic.heard) {
      const waited = this.#waited;
      acquireTopic.publish({ lockName: name, token, fencingToken, waited, handedOff });
    }
    this.#engine.keepAlive.leave();
    this.#resolve(hold);
  }

  /** Ends the wait; the caller is told when the server is known to have let go, or soon after. */
  #leave(reason: unknown): Promise<void> {
    if (this.#over) return Promise.resolve();
    this.#finish();
    if (reason instanceof AcquireTimeoutError && busyTopic.heard) {
      const { lockName, waited, holderTtl } = reason;
      busyTopic.publish({ lockName, waited, holderTtl });
    }
    if (!this.#mayStand) {
      this.#tell(reason);
      return Promise.resolve();
    }
    const settled = this.#settle();
    void this.#engine.agenda.atMost(LEAVING_GRACE, settled).then(() => this.#tell(reason));
    return settled;
  }

  #tell(reason: unknown): void {
    this.#engine.keepAlive.leave();
    this.#reject(reason);
  }

  #finish(): void {
    this.#over = true;
    if (this.#timeout !== undefined) this.#engine.agenda.cancel(this.#timeout);
    if (this.#onAbort !== undefined) {
      this.#options.signal?.removeEventListener('abort', this.#onAbort);
    }
    this.#line?.remove(this);
    this.#engine.left(this);
  }

  /** Makes certain that nothing of this token stays at the server. Never rejects. */
  async #settle(): Promise<void> {
    if (this.#asking !== undefined) {
      await new Promise<void>((resolve) => {
        this.#onceAnswered = resolve;
      });
    }
    const { key, token } = this.#subject;
    const { ttl } = this.#options;
    if (this.#mayStand) await this.#engine.settle({ key, token, ttl }, ttl);
  }

  #timeoutError(): Error {
    const waited = this.#waited;
    const silent = this.#asking !== undefined && this.#askedFor > SHORTEST_PATIENCE;
    if (this.#holderTtl === undefined || this.#failure !== undefined || silent) {
      const { address } = this.#engine.session;
      const what = `gave no answer within ${Math.round(waited)} ms`;
      return new RedisUnreachableError(address, what, this.#failure);
    }
    const holderTtl = this.#holderTtl === Infinity ? undefined : this.#holderTtl;
    return new AcquireTimeoutError(this.#subject.name, waited, holderTtl);
  }

  get #askedFor(): number {
    return this.#engine.clock.now() - this.#askedAt;
  }

  #tooSlow(): Error {
    const what = `took longer to answer than the ttl of ${this.#options.ttl} ms`;
    return new RedisUnreachableError(this.#engine.session.address, what);
  }
}
