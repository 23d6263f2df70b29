import { forcedReleaseTopic, handOffTopic } from '../../diagnostics.js';
import {
  AcquireTimeoutError,
  ForeignDataError,
  LineFullError,
  RedisUnreachableError,
} from '../../errors.js';
import type { LockHolder } from '../../lock-holder.js';
import { instant } from '../../runtime/clock.js';
import type {
  AcquireOperation,
  Failure,
  Grant,
  Holder,
  Outcomes,
  Patience,
  Reply,
} from '../../store/port.js';
import { LINE_LIFETIME } from '../../store/protocol.js';
import type { Context } from '../context.js';
import { granteeOf, lockHolderOf } from '../lock-holder.js';
import { Acquire, Cancel, Steal } from '../operations.js';
import { SHORTEST_PATIENCE, silence } from '../retry.js';
import type { Settlements } from '../settlements.js';
import { toldMode } from '../told-mode.js';
import { ClaimState, type ClaimTerms } from './claim-state.js';
import type { Effect, Effects, Granted } from './effect.js';
import type { Line, Lines, Queued } from './line.js';
import type { Gathered, Muster, Musters } from './muster.js';
import type { Occasion } from './phase.js';

/** What an acquisition is for; its token is known before anything is sent. */
export interface Subject {
  readonly name: string;
  readonly key: string;
  readonly token: string;
  /** Rises with the calls of this locker. */
  readonly sequence: number;
}

/** Who is told what became of a claim, once. */
export interface Claimant {
  granted(grant: Granted): void;
  /** The lock is busy, and the claimant does not wait. */
  busy(): void;
  /** It is not granted at once, and the claimant waits. Once at most, and before it is told the end. */
  waits(): void;
  failed(error: Error): void;
}

/** What the claims of one locker share. */
export interface ClaimRooms {
  readonly context: Context;
  readonly lines: Lines<Claim>;
  readonly musters: Musters;
  readonly settlements: Settlements;
}

/**
 * One acquisition as the store sees it: from the first request to the grant.
 *
 * It only ever sends one kind of request, `acquire` with the same token, one at a time: to ask, to
 * poll, to come back with its ticket, and to confirm a push that is too old to build a lease on. What
 * it knows and what follows is in its state; here is what it does.
 */
export class Claim implements Reply<AcquireOperation>, Patience, Queued, Gathered {
  readonly urgency = 'asking';
  readonly sequence: number;
  readonly #rooms: ClaimRooms;
  readonly #claimant: Claimant;
  readonly #subject: Subject;
  readonly #terms: ClaimTerms;
  readonly #started: number;
  readonly #state: ClaimState;
  readonly #muster: Muster;
  #line: Line<Claim> | undefined;
  /** Of the request under way: the subscription by which it would be told, and whether it has none. */
  #channel = 0;
  #plain = false;
  /** What waits for the end of the request under way. */
  #onceAnswered: (() => void) | undefined;

  constructor(rooms: ClaimRooms, claimant: Claimant, subject: Subject, terms: ClaimTerms) {
    this.sequence = subject.sequence;
    this.#rooms = rooms;
    this.#claimant = claimant;
    this.#subject = subject;
    this.#terms = terms;
    this.#started = rooms.context.clock.now();
    this.#state = new ClaimState(rooms.context, terms);
    this.#muster = rooms.musters.of(subject.key);
  }

  get key(): string {
    return this.#subject.key;
  }

  get token(): string {
    return this.#subject.token;
  }

  get ticket(): number {
    return this.#state.ticket ?? Infinity;
  }

  /** Since the claim was made, in ms. */
  get age(): number {
    return this.#rooms.context.clock.now() - this.#started;
  }

  /** Whether the server may know the token of a claim that was stopped. */
  get mayStand(): boolean {
    return this.#state.mayStand;
  }

  begin(): void {
    const muster = this.#muster;
    // Who only tries waits for nobody.
    if (!this.#state.waits) return this.#ask();
    const isOpening = muster.channel.number !== 0 && !muster.open;
    if (isOpening || muster.isBehind(this.key) || this.#isBehindOthers) {
      this.#run(this.#state.holdBack());
    } else {
      this.#ask();
    }
  }

  /** Others stood in line when the channel broke: they come back with their tickets, and go first. */
  get #isBehindOthers(): boolean {
    return this.#muster.channel.number === 0 && this.#rooms.lines.askFor(this.key);
  }

  ask(occasion: Occasion): void {
    this.#run(this.#state.ask(occasion));
  }

  proceed(): void {
    this.#run(this.#state.proceed());
  }

  /** The store handed the lock to this token. */
  pushed({ fencingToken }: Grant): void {
    if (!this.#state.pushed(fencingToken)) return;
    if (handOffTopic.heard) {
      const { name, token } = this.#subject;
      const mode = toldMode(this.#terms.room);
      handOffTopic.publish({ lockName: name, token, fencingToken, waited: this.age, ...mode });
    }
    this.#run(this.#state.takePush());
  }

  /** Who was in the way, as the store said last. */
  get holder(): LockHolder | undefined {
    return lockHolderOf(this.#state.holder, this.#rooms.context.lockerId);
  }

  /** What the holder has left now, in ms. Undefined: no expiry, or nothing is known. */
  get holderTtl(): number | undefined {
    const { holderTtl } = this.#state;
    return holderTtl === Infinity ? undefined : holderTtl;
  }

  /** What kept the last request from being answered, if something did. */
  get trouble(): Error | undefined {
    return this.#state.failure?.error ?? this.#rooms.context.session.outageOf(this.key);
  }

  /** What another waiter found out holds for this one, too, unless it `passes` and this one outlasts it. */
  fail(error: Error, passes: boolean): void {
    if (this.#state.isOver || (passes && this.#state.outlastsOutages)) return;
    this.stop();
    this.#claimant.failed(error);
  }

  /** The claimant does not wait any more: no further requests, no place in the line. */
  stop(): void {
    this.#state.stop();
    this.#muster.leave(this);
    this.#line?.remove(this);
  }

  /** Makes certain that nothing of a stopped claim stays at the server. Never rejects. */
  withdraw(): Promise<void> {
    const { key, token } = this.#subject;
    const { ttl, room } = this.#terms;
    // A grant runs out after its ttl. A place in the line lasts as long as the line, and then there
    // can be a grant.
    const time = this.#line === undefined ? ttl : LINE_LIFETIME + ttl;
    return this.#rooms.settlements.settle({
      operation: new Cancel(key, token, ttl, room),
      time,
      after: this.#whenAnswered(),
      needed: () => this.#state.mayStand,
    });
  }

  /** Nothing at all was heard of what it asked for. */
  get isUnheard(): boolean {
    const { isAsking, holderTtl, failure } = this.#state;
    return isAsking && holderTtl === undefined && failure === undefined;
  }

  /** Why there is no lock yet: it is busy, or nobody answers. */
  whyNot(): Error {
    const { session } = this.#rooms.context;
    const { holderTtl, failure, isAsking, askedFor } = this.#state;
    const { name } = this.#subject;
    const waited = this.age;
    const silent = isAsking && askedFor > SHORTEST_PATIENCE;
    if (failure?.kind === 'refused') return failure.error.of(name, 'acquire');
    const { trouble } = this;
    if (holderTtl === undefined || trouble !== undefined || silent) {
      const what = `gave no answer within ${Math.round(waited)} ms`;
      return new RedisUnreachableError(session.addressOf(this.key), what, trouble, this.#about);
    }
    const { graceRemaining } = this.#state;
    return new AcquireTimeoutError(name, waited, this.holderTtl, this.holder, graceRemaining);
  }

  /** @inheritDoc Patience.sendBy */
  get sendBy(): number {
    return this.#state.sendBy;
  }

  /** So that a second attempt, on another connection, fits into what the caller gives it. */
  get silence(): number {
    const { context } = this.#rooms;
    const { waitTimeout } = this.#terms;
    const { askedAt, outlastsOutages } = this.#state;
    const given = (outlastsOutages ? context.clock.now() : askedAt) + context.commandTimeout;
    const until = waitTimeout === 0 ? given : Math.min(given, this.#started + waitTimeout);
    return silence(context, until);
  }

  sending(): boolean {
    if (this.#state.isOver) return false;
    this.#state.sending(instant(this.#rooms.context.clock));
    return true;
  }

  answered(outcome: Outcomes['acquire']): void {
    this.#endRequest(this.#state.answered(outcome));
  }

  failed(failure: Failure): void {
    this.#endRequest(this.#state.failed(failure));
  }

  cannotListen(failure: Failure, pause: number): void {
    this.#run(this.#state.cannotListen(failure, pause));
  }

  get #about(): { readonly lockName: string; readonly operation: 'acquire' } {
    return { lockName: this.#subject.name, operation: 'acquire' };
  }

  #endRequest(effects: Effects): void {
    const wasPlain = this.#plain;
    this.#plain = false;
    const onceAnswered = this.#onceAnswered;
    this.#onceAnswered = undefined;
    onceAnswered?.();
    this.#run(effects);
    // Last: who was gathered by this answer goes with the others, each in its turn.
    if (wasPlain) this.#muster.plainOver();
  }

  #whenAnswered(): Promise<void> | undefined {
    if (!this.#state.isAsking) return undefined;
    return new Promise((resolve) => {
      this.#onceAnswered = resolve;
    });
  }

  #run(effects: Effects): void {
    for (const effect of effects) this.#do(effect);
  }

  #do(effect: Effect): void {
    const { context } = this.#rooms;
    switch (effect.kind) {
      case 'ask':
        this.#ask();
        break;
      case 'gather':
        // What came before may have called back.
        if (this.#state.isOver) break;
        this.#line ??= this.#rooms.lines.join(this, this.key);
        this.#muster.gather(this);
        break;
      case 'pause':
        void context.agenda.pause(effect.time).then(() => this.#run(this.#state.paused()));
        break;
      case 'granted':
        this.stop();
        this.#claimant.granted(effect);
        break;
      case 'stolen':
        this.#tellTheft(effect.fencingToken, effect.from);
        break;
      case 'busy':
        this.#claimant.busy();
        break;
      case 'full':
        this.#end(new LineFullError(this.#subject.name, this.#terms.maxWaiting, this.holder));
        break;
      case 'foreign':
        this.#end(new ForeignDataError(effect.key ?? this.key, effect.type, this.#about));
        break;
      case 'too slow': {
        const what = `took longer to answer than the ttl of ${this.#terms.ttl} ms`;
        this.#end(
          new RedisUnreachableError(
            context.session.addressOf(this.key),
            what,
            undefined,
            this.#about,
          ),
        );
        break;
      }
      case 'failed': {
        const line = this.#line;
        // One for all that wait here for this lock.
        const error = effect.error.of(this.#subject.name, 'acquire');
        this.#end(error);
        if (!effect.alone) line?.failAll(error, effect.passes);
        break;
      }
      case 'outage':
        this.#line?.failAll(effect.error.of(this.#subject.name, 'acquire'), true);
        break;
      case 'heard':
        this.#line?.heard(effect.heard);
        break;
      case 'advance':
        this.#rooms.settlements.advance(this.key);
        break;
      case 'ask all':
        this.#line?.askAll();
        break;
      case 'doubt':
        this.#muster.channel.doubt(this.#channel, effect.certain);
        break;
      case 'waits':
        // What came before may have ended it.
        if (!this.#state.isOver) this.#claimant.waits();
    }
  }

  #tellTheft(fencingToken: number, from: Holder): void {
    if (!forcedReleaseTopic.heard) return;
    const { lockerId } = this.#rooms.context;
    const { name: lockName, token } = this.#subject;
    const next = granteeOf({ token, fencingToken }, lockerId);
    const holder = lockHolderOf(from, lockerId);
    forcedReleaseTopic.publish({ lockName, holder, handedOff: true, next });
  }

  #end(error: Error): void {
    this.stop();
    this.#claimant.failed(error);
  }

  /** Sends one request: to be enqueued, if it waits and can be told. */
  #ask(): void {
    const { context, lines } = this.#rooms;
    this.#channel = this.#muster.channel.number;
    // One that has a place comes back with it, as soon as it can be told.
    if (this.#channel === 0 && this.#state.ticket !== undefined) {
      this.#run(this.#state.holdBack());
      return;
    }
    const enqueue = this.#state.waits && this.#channel !== 0;
    if (enqueue) this.#line ??= lines.join(this, this.key);
    else if (this.#state.waits) {
      this.#plain = true;
      this.#muster.plainSent();
    }
    const { key, token } = this.#subject;
    const { ticket, maxWaiting, stealsSince } = this.#state;
    const { ttl, room } = this.#terms;
    const acquire =
      stealsSince === undefined
        ? new Acquire(key, token, ttl, enqueue, ticket, maxWaiting, room)
        : new Steal(key, token, ttl, enqueue, stealsSince);
    context.session.submit(acquire, this, this);
  }
}
