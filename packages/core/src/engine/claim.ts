import { handOffTopic } from '../diagnostics.js';
import { AcquireTimeoutError, ForeignDataError, RedisUnreachableError } from '../errors.js';
import type { AcquireOperation, Grant, Outcomes, Reply, Waiting } from '../store/port.js';
import { type Instant, instant } from '../runtime/clock.js';
import { Deadline } from '../runtime/deadline.js';
import type { Engine } from './engine.js';
import type { Line } from './line.js';
import { Acquire } from './operations.js';
import { patience, RETRY_PAUSE, SHORTEST_PATIENCE } from './persist.js';

/** What an acquisition is for; its token is known before anything is sent. */
export class Subject {
  readonly name: string;
  readonly key: string;
  readonly token: string;

  constructor(name: string, key: string, token: string) {
    this.name = name;
    this.key = key;
    this.token = token;
  }
}

export interface ClaimTerms {
  /** In ms. */
  readonly ttl: number;
  /** In ms; 0: try once; Infinity: no limit. */
  readonly waitTimeout: number;
}

/** Who is told what became of a claim, once. */
export interface Claimant {
  /** `sent`: no grant is older than this moment; `handedOff`: after standing in line. */
  granted(fencingToken: number, sent: Instant, deadline: Deadline, handedOff: boolean): void;
  /** The lock is busy, and the claimant does not wait. */
  busy(): void;
  failed(error: unknown): void;
}

/** `first`: the caller's own; `poll`: the line's fallback; `resend`: after a reconnect. */
type Occasion = 'first' | 'poll' | 'resend' | 'confirm';

/**
 * One acquisition as the store sees it: from the first request to the grant.
 *
 * It only ever sends one kind of request, `acquire` with the same token, one at a time: to ask, to
 * poll, to come back with its ticket, and to confirm a push that is too old to build a lease on.
 */
export class Claim implements Reply<AcquireOperation> {
  readonly #engine: Engine;
  readonly #claimant: Claimant;
  readonly #subject: Subject;
  readonly #terms: ClaimTerms;
  readonly #started: number;

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
  #unanswered = false;
  #sent: Instant | undefined;
  /** What waits for the end of the requests. */
  #onceAnswered: (() => void) | undefined;
  /** What the server said last, and what kept it from answering since. */
  #holderTtl: number | undefined;
  #failure: unknown;

  /** The claimant was told, or does not want to know any more. */
  #over = false;
  /** The server may know this token; and may have before the request under way. */
  #mayStand = false;
  #stoodBefore = false;

  constructor(engine: Engine, claimant: Claimant, subject: Subject, terms: ClaimTerms) {
    this.#engine = engine;
    this.#claimant = claimant;
    this.#subject = subject;
    this.#terms = terms;
    this.#started = engine.clock.now();
  }

  get token(): string {
    return this.#subject.token;
  }

  /** The place in the line; those that have none yet stand last. */
  get ticket(): number {
    return this.#ticket ?? Infinity;
  }

  /** Since the claim was made, in ms. */
  get age(): number {
    return this.#engine.clock.now() - this.#started;
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
        waited: this.age,
      });
    }
    // A request under way tells more, and must be answered before the token may be used.
    if (this.#asking === undefined && !this.#acceptPush()) this.ask('confirm');
  }

  /** Redis cannot be reached. */
  fail(error: unknown): void {
    if (!this.#over) this.#claimant.failed(error);
  }

  /** The claimant does not wait any more: no further requests, no place in the line. */
  stop(): void {
    this.#over = true;
    this.#line?.remove(this);
  }

  /** Whether the server may know the token of a claim that was stopped. */
  get mayStand(): boolean {
    return this.#mayStand;
  }

  /** Makes certain that nothing of a stopped claim stays at the server. Never rejects. */
  withdraw(): Promise<void> {
    const { key, token } = this.#subject;
    const { ttl } = this.#terms;
    const needed = (): boolean => this.#mayStand;
    return this.#engine.settle({ key, token, ttl, needed }, ttl, this.#whenAnswered());
  }

  #whenAnswered(): Promise<void> | undefined {
    if (this.#asking === undefined) return undefined;
    return new Promise((resolve) => {
      this.#onceAnswered = resolve;
    });
  }

  /** Why there is no lock yet: it is busy, or nobody answers. */
  whyNot(): Error {
    const waited = this.age;
    const silent = this.#unanswered && this.#askedFor > SHORTEST_PATIENCE;
    if (this.#holderTtl === undefined || this.#failure !== undefined || silent) {
      const { address } = this.#engine.session;
      const what = `gave no answer within ${Math.round(waited)} ms`;
      return new RedisUnreachableError(address, what, this.#failure);
    }
    const holderTtl = this.#holderTtl === Infinity ? undefined : this.#holderTtl;
    return new AcquireTimeoutError(this.#subject.name, waited, holderTtl);
  }

  /** @inheritDoc Reply.answered */
  answered(outcome: Outcomes['acquire']): void {
    if (outcome.kind === 'busy' || outcome.kind === 'foreign') this.#mayStand = this.#stoodBefore;
    this.#unanswered = false;
    this.#failure = undefined;
    if (this.#over || this.#digest(outcome)) this.#stopAsking();
    else if (outcome.kind === 'granted' && this.#askedFor >= this.#engine.commandTimeout) {
      this.fail(this.#tooSlow());
      this.#stopAsking();
    } else this.#attempt();
  }

  /** @inheritDoc Reply.failed */
  failed(error: Error): void {
    this.#unanswered = false;
    if (this.#over || !this.#askLater(error)) this.#stopAsking();
  }

  /** Without an answer it asks again, while there is time; every other error ends the claim. */
  #askLater(error: Error): boolean {
    this.#failure = error;
    if (error instanceof RedisUnreachableError) {
      if (this.#acceptPush()) return false;
      if (this.#askedFor + RETRY_PAUSE < this.#engine.commandTimeout) {
        void this.#engine.agenda.pause(RETRY_PAUSE).then(() => this.#goOn());
        return true;
      }
      this.#line?.failAll(error);
    }
    this.fail(error);
    return false;
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
    const enqueue = this.#terms.waitTimeout > 0 && session.listening;
    this.#sent = instant(clock);
    this.#basis ??= this.#sent;
    if (enqueue) this.#line ??= this.#engine.join(this, key);
    this.#stoodBefore = this.#mayStand;
    this.#mayStand = true;
    this.#unanswered = true;
    session.submit(
      new Acquire(key, token, this.#terms.ttl, enqueue, this.#ticket),
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
    return busy && this.#terms.waitTimeout > 0 && !this.#engine.session.listening;
  }

  /** Draws the consequence of an answer; false: ask again. */
  #digest(outcome: Outcomes['acquire']): boolean {
    const sent = this.#sent as Instant;
    switch (outcome.kind) {
      case 'granted': {
        const deadline = Deadline.ofLease(sent, this.#terms.ttl);
        if (deadline.passed(this.#engine.clock)) return false;
        const waited = this.#ticket !== undefined;
        // A push should have come before the poll found the grant: the channel may be deaf.
        if (this.#asking === 'poll' && outcome.already && this.#pushed === undefined) {
          this.#engine.session.relisten();
        }
        this.#claimant.granted(outcome.fencingToken, sent, deadline, waited && outcome.already);
        return true;
      }
      case 'waiting':
        return this.#digestWaiting(outcome, sent);
      case 'busy':
        this.#holderTtl = outcome.holderTtl;
        if (outcome.holderTtl === 0 || this.#terms.waitTimeout > 0) return false;
        this.#claimant.busy();
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
    const deadline = Deadline.ofLease(this.#basis, this.#terms.ttl);
    if (deadline.remaining(this.#engine.clock) < this.#terms.ttl / 2) return false;
    this.#claimant.granted(this.#pushed, this.#basis, deadline, true);
    return true;
  }

  get #askedFor(): number {
    return this.#engine.clock.now() - this.#askedAt;
  }

  #tooSlow(): Error {
    const what = `took longer to answer than the ttl of ${this.#terms.ttl} ms`;
    return new RedisUnreachableError(this.#engine.session.address, what);
  }
}
