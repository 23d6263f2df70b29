import type { Instant } from '../../runtime/clock.js';
import { Deadline } from '../../runtime/deadline.js';
import type {
  Failure,
  Granted as GrantedOutcome,
  Holder,
  Outcomes,
  Room,
  Waiting,
} from '../../store/port.js';
import type { Context } from '../context.js';
import { passes, pauseAfter } from '../retry.js';

import {
  ADVANCE,
  ASK,
  ASK_ALL,
  DOUBT,
  type Effect,
  type Effects,
  GATHER,
  Granted,
  NOTHING,
  WAITS,
} from './effect.js';
import { FIRST, GATHERING, IN_LINE, LEAVING, type Occasion, OVER, type Phase } from './phase.js';

export interface ClaimTerms {
  /** In ms. */
  readonly ttl: number;
  /** In ms; 0: try once; Infinity: no limit. */
  readonly waitTimeout: number;
  /** Undefined: exclusively. */
  readonly room: Room | undefined;
  /** So many may stand in line; Infinity: no limit. */
  readonly maxWaiting: number;
  /** What becomes of the wait while the store cannot be reached. */
  readonly onOutage: 'throw' | 'wait';
  /** It takes the lock from whoever has it. */
  readonly steals?: boolean | undefined;
}

type Known = 'nothing' | 'perhaps' | 'stands';

/** What it needs to know of the locker around it. */
type StateContext = Pick<Context, 'clock' | 'commandTimeout' | 'session'>;

/**
 * All that a claim knows, and what follows from what it hears. Each method takes one event, stores
 * what comes of it, and returns what is to be done: nothing in here calls anybody, so that whoever
 * is called, and calls back, finds the truth.
 */
export class ClaimState {
  readonly #context: StateContext;
  readonly #terms: ClaimTerms;
  #phase: Phase = FIRST;
  /** What the server may know of the token now, and may have known before the request under way. */
  #known: Known = 'nothing';
  #knownBefore: Known = 'nothing';
  #sent: Instant | undefined;
  /** No grant for this token can be older than this moment. */
  #basis: Instant | undefined;
  /** The same in the store's time, in ms; undefined: it was not told. */
  #basisAt: number | undefined;
  /** A grant with a fencing token up to this one is over. */
  #asOf = 0;
  #ticket: number | undefined;
  #pushed: number | undefined;
  /** When the first of the requests that are not answered yet was made, and how many there were. */
  #askedAt: number;
  #attempts = 0;
  #askAgain = false;
  #holderTtl: number | undefined;
  #holder: Holder | undefined;
  /** The store has lost its data, and grants nothing for so long after the last answer, in ms. */
  #grace = 0;
  #heardAt = 0;
  /** Whether it was said that this claim waits. */
  #saidSo = false;
  #failure: Failure | undefined;
  /** A grant came when its lease was over: what it asks for again has no more time than that had. */
  #isLate = false;

  constructor(context: StateContext, terms: ClaimTerms) {
    this.#context = context;
    this.#terms = terms;
    this.#askedAt = context.clock.now();
  }

  get phase(): Phase {
    return this.#phase;
  }

  get isOver(): boolean {
    return this.#phase === OVER || this.#phase === LEAVING;
  }

  /** A request is under way. */
  get isAsking(): boolean {
    return this.#phase.kind === 'asking' || this.#phase === LEAVING;
  }

  get mayStand(): boolean {
    return this.#known !== 'nothing';
  }

  get waits(): boolean {
    return this.#terms.waitTimeout > 0;
  }

  /** An outage does not end it. */
  get outlastsOutages(): boolean {
    return this.waits && this.#terms.onOutage === 'wait';
  }

  get ticket(): number | undefined {
    return this.#ticket;
  }

  /** For who has no place yet; what has one is not counted again. */
  get maxWaiting(): number | undefined {
    const { maxWaiting } = this.#terms;
    return maxWaiting === Infinity || this.#ticket !== undefined ? undefined : maxWaiting;
  }

  /** What the holder has left now, by what was said of it last, in ms; undefined: nothing was. */
  get holderTtl(): number | undefined {
    if (this.#holderTtl === undefined) return undefined;
    const since = this.#context.clock.now() - this.#heardAt;
    return Math.max(Math.round(this.#holderTtl - since), 0);
  }

  /** Who was in the way, by what was said last; undefined: nothing was, or nobody. */
  get holder(): Holder | undefined {
    return this.#holder;
  }

  /** For how long the store grants nothing since it has lost its data, in ms; undefined: it does. */
  get graceRemaining(): number | undefined {
    if (this.#grace === 0) return undefined;
    const left = Math.round(this.#heardAt + this.#grace - this.#context.clock.now());
    return left > 0 ? left : undefined;
  }

  /** What kept the last request from being answered. */
  get failure(): Failure | undefined {
    return this.#failure;
  }

  /** For one that steals: from all who have had the lock since this number, or since before. */
  get stealsSince(): number | undefined {
    return this.#terms.steals === true ? this.#asOf : undefined;
  }

  get askedAt(): number {
    return this.#askedAt;
  }

  /**
   * Until when a request waits for its turn, as long as the store answers others. Once something went
   * wrong, there is `commandTimeout` for all; before, the store says how it is.
   */
  get sendBy(): number {
    const isWell = this.#failure === undefined && !this.#isLate;
    if (isWell || this.outlastsOutages) return Infinity;
    return this.#askedAt + this.#context.commandTimeout;
  }

  get askedFor(): number {
    return this.#context.clock.now() - this.#askedAt;
  }

  /** Its first request must wait for others. */
  holdBack(): Effects {
    this.#phase = GATHERING;
    return GATHER;
  }

  /** Its turn has come after it was gathered. */
  proceed(): Effects {
    if (this.#phase !== GATHERING) return NOTHING;
    this.#phase = this.#ticket === undefined ? FIRST : { kind: 'asking', occasion: 'resend' };
    return ASK;
  }

  /** Asks again, or remembers to when the request under way is answered. */
  ask(occasion: Occasion): Effects {
    const phase = this.#phase;
    switch (phase.kind) {
      case 'asking':
        if (occasion === 'resend') this.#askAgain = true;
        return NOTHING;
      case 'pausing':
        // Something stands again: no need to wait for longer.
        return occasion === 'resend' ? this.#goOn(phase.occasion) : NOTHING;
      case 'in line':
        this.#askAgain = false;
        this.#isLate = false;
        this.#attempts = 0;
        this.#askedAt = this.#context.clock.now();
        return this.#goOn(occasion);
      default:
        return NOTHING;
    }
  }

  /** A request is over. One that comes after it, and never leaves this process, changes nothing of that. */
  #learn(known: Known): void {
    this.#known = known;
    this.#knownBefore = known;
  }

  #knownAfter({ kind }: Failure): Known {
    if (kind === 'not replicated') return 'stands';
    return kind === 'unanswered' ? this.#known : this.#knownBefore;
  }

  /** The request under way leaves this process now. */
  sending(at: Instant): void {
    this.#sent = at;
    this.#basis ??= at;
    this.#knownBefore = this.#known;
    if (this.#known === 'nothing') this.#known = 'perhaps';
  }

  paused(): Effects {
    if (this.#phase.kind !== 'pausing') return NOTHING;
    const failure = this.#failure as Failure;
    return this.#timeLeft > 0 ? this.#goOn(this.#phase.occasion) : this.#fail(failure);
  }

  /** The claimant does not wait any more. */
  stop(): void {
    if (!this.isOver) this.#phase = this.#phase.kind === 'asking' ? LEAVING : OVER;
  }

  /** The store handed the lock to this token. False: it is of no use any more. */
  pushed(fencingToken: number): boolean {
    if (this.isOver || fencingToken <= this.#asOf) return false;
    this.#pushed = fencingToken;
    return true;
  }

  /** What comes of a push that was noted. A request under way tells more, and is waited for. */
  takePush(): Effects {
    if (this.#pushed === undefined || this.isOver || this.isAsking) return NOTHING;
    const granted = this.#acceptPush();
    if (granted !== undefined) return [granted];
    return this.#phase === IN_LINE ? this.ask('confirm') : NOTHING;
  }

  answered(outcome: Outcomes['acquire']): Effects {
    this.#failure = undefined;
    const stands = outcome.kind === 'granted' || outcome.kind === 'waiting';
    this.#learn(stands ? 'stands' : this.#knownBefore);
    const phase = this.#phase;
    if (phase.kind !== 'asking') return this.#left();
    switch (outcome.kind) {
      case 'granted':
        return this.#granted(outcome, phase.occasion);
      case 'waiting':
        return this.#waiting(this.#standing(outcome, phase.occasion));
      case 'busy':
        this.#hear(outcome);
        if (this.waits) return this.#waiting(this.#gather());
        // Waiters that are gone stand in the way: whoever asks next clears the next ones away.
        if (outcome.holderTtl === 0) return ASK;
        this.#phase = OVER;
        return [{ kind: 'busy' }];
      case 'deaf':
        this.#hear(outcome);
        return this.#waiting([{ kind: 'doubt', certain: true }, ...this.#gather()]);
      case 'full':
        this.#hear(outcome);
        this.#phase = OVER;
        return [{ kind: 'full' }];
      case 'foreign':
        this.#phase = OVER;
        return [{ kind: 'foreign', type: outcome.type, key: outcome.key }];
    }
  }

  failed(failure: Failure): Effects {
    this.#learn(this.#knownAfter(failure));
    const phase = this.#phase;
    if (phase.kind !== 'asking') return this.#left();
    this.#failure = failure;
    if (passes(failure)) {
      const granted = this.#acceptPush();
      if (granted !== undefined) return [granted];
    }
    if (!passes(failure) || this.#timeLeft <= 0) return this.#fail(failure);
    this.#attempts += 1;
    this.#phase = { kind: 'pausing', occasion: phase.occasion };
    const time = Math.min(pauseAfter(this.#attempts), this.#timeLeft);
    return this.#waiting([{ kind: 'pause', time }, ...this.#outage(failure)]);
  }

  /** One try to open the channel failed while it was gathered; the next one comes in `pause` ms. */
  cannotListen(failure: Failure, pause: number): Effects {
    if (this.#phase !== GATHERING) return NOTHING;
    this.#failure = failure;
    if (!passes(failure) || this.#timeLeft <= pause) return this.#fail(failure);
    return this.#waiting(this.#outage(failure));
  }

  /** Who goes on waiting may be the only one of its line that asks. */
  #outage({ error }: Failure): Effects {
    const lasts = this.askedFor >= this.#context.commandTimeout;
    return lasts ? [{ kind: 'outage', error }] : NOTHING;
  }

  /** With the first answer that is no grant, the call begins to wait, if it does. */
  #waiting(effects: Effects): Effects {
    if (this.#saidSo || !this.waits) return effects;
    this.#saidSo = true;
    return [...effects, WAITS];
  }

  #hear({ holderTtl, holder, grace = 0 }: Pick<Waiting, 'holderTtl' | 'holder' | 'grace'>): void {
    this.#holderTtl = holderTtl;
    this.#holder = holder;
    this.#grace = grace;
    this.#heardAt = this.#context.clock.now();
  }

  /** For asking without being answered, in ms. */
  get #timeLeft(): number {
    if (this.outlastsOutages) return Infinity;
    return this.#context.commandTimeout - this.askedFor;
  }

  #fail(failure: Failure): Effects {
    this.#phase = OVER;
    const { kind, error } = failure;
    const alone = kind === 'not replicated';
    return [{ kind: 'failed', error, passes: passes(failure), alone }];
  }

  #goOn(occasion: Occasion): Effects {
    this.#phase = { kind: 'asking', occasion };
    return ASK;
  }

  #gather(): Effects {
    this.#phase = GATHERING;
    return GATHER;
  }

  #left(): Effects {
    this.#phase = OVER;
    return NOTHING;
  }

  #granted(outcome: GrantedOutcome, occasion: Occasion): Effects {
    const { fencingToken, already, more, from, at } = outcome;
    const sent = this.#sent as Instant;
    const { clock } = this.#context;
    const { ttl, room } = this.#terms;
    const deadline = Deadline.ofLease(sent, ttl, at);
    if (deadline.passed(clock)) {
      this.#isLate = true;
      if (this.#timeLeft > 0) return more ? [ADVANCE, ...ASK] : ASK;
      this.#phase = OVER;
      return more ? [ADVANCE, { kind: 'too slow' }] : [{ kind: 'too slow' }];
    }
    this.#phase = OVER;
    const handedOff = already && this.#ticket !== undefined;
    const granted = new Granted(fencingToken, sent, deadline, handedOff);
    if (more) return [granted, ADVANCE];
    if (from !== undefined) return [granted, { kind: 'stolen', fencingToken, from }];
    // It was free: who stands in line with this one may do so here alone, the line being lost. In a
    // room there can be others while somebody waits.
    if (!already) return room === undefined ? [granted, ASK_ALL] : [granted];
    // A push should have come before the poll found the grant.
    const missed = occasion === 'poll' && this.#pushed === undefined;
    return missed ? [granted, DOUBT] : [granted];
  }

  #standing(waiting: Waiting, occasion: Occasion): Effects {
    const { holderTtl, ticket, asOf, enqueued } = waiting;
    const hadPlace = this.#ticket !== undefined;
    this.#hear(waiting);
    this.#ticket = ticket;
    this.#asOf = asOf;
    this.#basis = this.#sent;
    this.#basisAt = waiting.at;
    if (this.#pushed !== undefined && this.#pushed <= asOf) this.#pushed = undefined;
    const heard: Effect = { kind: 'heard', heard: waiting };
    // It was passed over, or the line was lost: perhaps this process seems not to listen.
    const lost = occasion === 'poll' && enqueued && hadPlace;
    // Who steals knows now how late its holder can have come.
    const asks = holderTtl === 0 || this.#terms.steals === true;
    const then = asks && this.#pushed === undefined ? ASK : this.#rest();
    return lost ? [heard, ...then, ASK_ALL, DOUBT] : [heard, ...then];
  }

  /** Nothing is under way any more; what came up meanwhile has its turn. */
  #rest(): Effects {
    this.#phase = IN_LINE;
    const granted = this.#acceptPush();
    if (granted !== undefined) return [granted];
    if (this.#pushed === undefined && !this.#askAgain) return NOTHING;
    return this.ask('confirm');
  }

  /** Takes a pushed grant if the lease that is certain is worth having. */
  #acceptPush(): Granted | undefined {
    if (this.#pushed === undefined || this.#basis === undefined) return undefined;
    const { clock, session } = this.#context;
    if (session.confirmsPushes === true) return undefined;
    const { ttl } = this.#terms;
    const deadline = Deadline.ofLease(this.#basis, ttl, this.#basisAt);
    if (deadline.remaining(clock) < ttl / 2) return undefined;
    this.#phase = OVER;
    return new Granted(this.#pushed, this.#basis, deadline, true);
  }
}
