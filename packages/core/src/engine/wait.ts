import { acquireTopic, busyTopic, handOffTopic } from '../diagnostics.js';
import { AcquireTimeoutError, ForeignDataError, RedisUnreachableError } from '../errors.js';
import type { AcquireOperation, Grant, Outcomes, Waiting } from '../store.js';
import { Appointment } from './agenda.js';
import { type Instant, instant } from './clock.js';
import { Deadline } from './deadline.js';
import type { Engine } from './engine.js';
import { Hold } from './hold.js';
import type { Line } from './line.js';
import { patience, RETRY_PAUSE, SHORTEST_PATIENCE } from './persist.js';

/** A resolved call of `acquire`. */
export interface AcquireRequest {
  readonly name: string;
  readonly key: string;
  readonly ttl: number;
  /** Milliseconds; 0: try once; Infinity: no limit. */
  readonly waitTimeout: number;
  readonly signal: AbortSignal | undefined;
  readonly autoRenew: boolean;
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
export class Wait {
  readonly token: string;
  readonly promise: Promise<Hold>;
  readonly #engine: Engine;
  readonly #request: AcquireRequest;
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

  /** The requests under way: resolves when the last one is answered or has failed. */
  #asking: Promise<void> | undefined;
  #askedAt = 0;
  #askAgain = false;
  /** What the server said last, and what kept it from answering since. */
  #holderTtl: number | undefined;
  #failure: unknown;

  /** The caller has its answer, or is about to get it. */
  #over = false;
  /** The server may know this token. */
  #mayStand = false;
  readonly #timeout = new Appointment(() => this.#leave(this.#timeoutError()));
  readonly #onAbort = (): void => void this.#leave(this.#request.signal?.reason);

  constructor(engine: Engine, token: string, request: AcquireRequest) {
    this.token = token;
    this.#engine = engine;
    this.#request = request;
    this.#started = engine.clock.now();
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    if (request.waitTimeout > 0 && request.waitTimeout < Infinity) {
      engine.agenda.schedule(this.#timeout, this.#started + request.waitTimeout);
    }
    request.signal?.addEventListener('abort', this.#onAbort, { once: true });
    this.ask('first');
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
    this.#asking = this.#ask(occasion).then(() => {
      this.#asking = undefined;
      if (this.#over || this.#acceptPush()) return;
      if (this.#pushed !== undefined || this.#askAgain) this.ask('confirm');
    });
  }

  /** The store handed the lock to this token. */
  pushed({ fencingToken }: Grant): void {
    if (this.#over || fencingToken <= this.#asOf) return;
    this.#pushed = fencingToken;
    if (handOffTopic.heard) {
      handOffTopic.publish({
        lockName: this.#request.name,
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
    this.#reject(error);
  }

  /** The locker closes. Resolves when the server certainly does not keep this token. */
  close(reason: Error): Promise<void> {
    return this.#leave(reason);
  }

  get #waited(): number {
    return this.#engine.clock.now() - this.#started;
  }

  /** Asks until there is an answer that ends it, or a place in the line. Never rejects. */
  async #ask(occasion: Occasion): Promise<void> {
    const { clock, agenda, session, commandTimeout } = this.#engine;
    const patient = this.#request.waitTimeout > 0;
    const until = clock.now() + commandTimeout;
    this.#askedAt = clock.now();
    let busy = this.#ticket !== undefined;
    // oxlint-disable no-await-in-loop -- requests for one token never overlap
    while (!this.#over) {
      try {
        if (patient && busy && !session.listening) {
          await session.listen();
          if (this.#over) return;
        }
        const enqueue = patient && session.listening;
        const sent = instant(clock);
        const outcome = await this.#send(sent, enqueue, until);
        if (this.#over) return;
        this.#failure = undefined;
        if (this.#digest(outcome, sent, occasion)) return;
        busy = true;
        if (outcome.kind === 'granted' && clock.now() >= until) {
          this.fail(this.#tooSlow());
          return;
        }
      } catch (error) {
        if (this.#over) return;
        this.#failure = error;
        if (!(error instanceof RedisUnreachableError)) {
          this.fail(error);
        } else if (this.#acceptPush()) {
          return;
        } else if (clock.now() + RETRY_PAUSE >= until) {
          this.#line?.failAll(error);
          this.fail(error);
        } else {
          await agenda.pause(RETRY_PAUSE);
        }
      }
    }
    // oxlint-enable no-await-in-loop
  }

  async #send(
    sent: Instant,
    enqueue: boolean,
    until: number,
  ): Promise<Outcomes[AcquireOperation['kind']]> {
    const { session } = this.#engine;
    const { key, ttl } = this.#request;
    this.#basis ??= sent;
    if (enqueue) this.#line ??= this.#engine.join(this, key);
    const stoodBefore = this.#mayStand;
    this.#mayStand = true;
    const outcome = await session.submit(
      { kind: 'acquire', key, token: this.token, ttl, enqueue, ticket: this.#ticket },
      patience(this.#engine, until),
    );
    if (outcome.kind === 'busy' || outcome.kind === 'foreign') this.#mayStand = stoodBefore;
    return outcome;
  }

  /** Draws the consequence of an answer; false: ask again. */
  #digest(
    outcome: Outcomes[AcquireOperation['kind']],
    sent: Instant,
    occasion: Occasion,
  ): boolean {
    switch (outcome.kind) {
      case 'granted': {
        const deadline = Deadline.ofLease(sent, this.#request.ttl);
        if (deadline.passed(this.#engine.clock)) return false;
        const waited = this.#ticket !== undefined;
        // A push should have come before the poll found the grant: the channel may be deaf.
        if (occasion === 'poll' && outcome.already && this.#pushed === undefined) {
          this.#engine.session.relisten();
        }
        this.#grant(outcome.fencingToken, sent, deadline, waited && outcome.already);
        return true;
      }
      case 'waiting':
        return this.#digestWaiting(outcome, sent, occasion);
      case 'busy':
        this.#holderTtl = outcome.holderTtl;
        if (outcome.holderTtl === 0 || this.#request.waitTimeout > 0) return false;
        void this.#leave(this.#timeoutError());
        return true;
      case 'foreign':
        this.fail(new ForeignDataError(this.#request.key, outcome.type));
        return true;
    }
  }

  #digestWaiting(outcome: Waiting, sent: Instant, occasion: Occasion): boolean {
    const knownBefore = this.#ticket !== undefined;
    this.#holderTtl = outcome.holderTtl;
    this.#ticket = outcome.ticket;
    this.#asOf = outcome.asOf;
    this.#basis = sent;
    this.#line?.heard(outcome.holderTtl);
    if (this.#pushed !== undefined && this.#pushed <= this.#asOf) this.#pushed = undefined;
    // The line was lost at the server: the others of this process have lost their places, too.
    if (occasion === 'poll' && outcome.enqueued && knownBefore) this.#line?.askAll();
    return outcome.holderTtl > 0 || this.#pushed !== undefined;
  }

  /** Takes a pushed grant if the lease that is certain is worth having. */
  #acceptPush(): boolean {
    if (this.#pushed === undefined || this.#basis === undefined) return false;
    const deadline = Deadline.ofLease(this.#basis, this.#request.ttl);
    if (deadline.remaining(this.#engine.clock) < this.#request.ttl / 2) return false;
    this.#grant(this.#pushed, this.#basis, deadline, true);
    return true;
  }

  #grant(fencingToken: number, sent: Instant, deadline: Deadline, handedOff: boolean): void {
    this.#finish();
    const { name, key, ttl, autoRenew } = this.#request;
    const terms = { name, key, token: this.token, fencingToken, ttl, autoRenew };
    const hold = new Hold(this.#engine, terms, sent, deadline);
    this.#engine.keep(hold);
    if (acquireTopic.heard) {
      const waited = this.#waited;
      acquireTopic.publish({ lockName: name, token: this.token, fencingToken, waited, handedOff });
    }
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
    const settled = this.#settle();
    void Promise.race([settled, this.#engine.agenda.pause(LEAVING_GRACE)]).then(() => {
      this.#reject(reason);
    });
    return settled;
  }

  #finish(): void {
    this.#over = true;
    this.#engine.agenda.cancel(this.#timeout);
    this.#request.signal?.removeEventListener('abort', this.#onAbort);
    this.#line?.remove(this);
    this.#engine.left(this);
  }

  /** Makes certain that nothing of this token stays at the server. Never rejects. */
  async #settle(): Promise<void> {
    await this.#asking;
    const { key, ttl } = this.#request;
    if (this.#mayStand) await this.#engine.settle({ key, token: this.token, ttl }, ttl);
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
    return new AcquireTimeoutError(this.#request.name, waited, holderTtl);
  }

  get #askedFor(): number {
    return this.#engine.clock.now() - this.#askedAt;
  }

  #tooSlow(): Error {
    const what = `took longer to answer than the ttl of ${this.#request.ttl} ms`;
    return new RedisUnreachableError(this.#engine.session.address, what);
  }
}
