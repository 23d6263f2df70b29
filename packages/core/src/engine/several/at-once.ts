import { ForeignDataError, RedisUnreachableError } from '../../errors.js';
import { Appointment } from '../../runtime/agenda.js';
import { instant } from '../../runtime/clock.js';
import type {
  AcquireAllOperation,
  Blocked,
  Busy,
  Failure,
  Outcomes,
  Patience,
  Reply,
} from '../../store/port.js';
import type { ClaimRooms, Subject } from '../claim/claim.js';
import { ClaimState, type ClaimTerms } from '../claim/claim-state.js';
import type { Effect, Effects, Granted } from '../claim/effect.js';
import { LEAVING_GRACE } from '../claim/wait.js';
import type { Context } from '../context.js';
import { AcquireAll, Cancel } from '../operations.js';
import { silence } from '../retry.js';
import type { Settlements } from '../settlements.js';

/** Who is told what became of it, once. */
export interface Attempting {
  /** All are held, under these fencing tokens. */
  granted(fencingTokens: readonly number[], grant: Granted): void;
  /** Nothing was taken, for one is not free: the one that has so many before it. */
  blocked(place: number, busy: Busy): void;
  failed(reason: unknown): void;
}

/** How all of them are asked for. */
export interface AtOnceTerms {
  /** In ms. */
  readonly ttl: number;
  /** In ms; 0: try once; Infinity: no limit. */
  readonly waitTimeout: number;
  readonly onOutage: 'throw' | 'wait';
}

/** It never stands in a line. A class, as are the operations. */
class OneTry implements ClaimTerms {
  readonly ttl: number;
  readonly waitTimeout = 0;
  readonly room = undefined;
  readonly maxWaiting = Infinity;
  readonly onOutage: 'throw' | 'wait';

  constructor({ ttl, onOutage }: AtOnceTerms) {
    this.ttl = ttl;
    this.onOutage = onOutage;
  }
}

/**
 * The one step in which several locks are taken, or none of them. It is tried until it is answered:
 * to send it again with the same tokens is always right. In a line it never stands.
 */
export class AtOnce implements Reply<AcquireAllOperation>, Patience {
  readonly urgency = 'asking';
  readonly #context: Context;
  readonly #settlements: Settlements;
  readonly #attempting: Attempting;
  readonly #subjects: readonly Subject[];
  readonly #terms: AtOnceTerms;
  /** Of a claim that does not wait. What holds for one lock holds for several that are one. */
  readonly #state: ClaimState;
  readonly #timeout: Appointment | undefined;
  #isGraced = false;
  #isOver = false;
  #blocked: Blocked | undefined;
  #fencingTokens: readonly number[] = [];
  /** What waits for the end of the request under way. */
  #onceAnswered: (() => void) | undefined;

  constructor(
    { context, settlements }: Pick<ClaimRooms, 'context' | 'settlements'>,
    attempting: Attempting,
    subjects: readonly Subject[],
    terms: AtOnceTerms,
  ) {
    const { agenda, clock } = context;
    this.#context = context;
    this.#settlements = settlements;
    this.#attempting = attempting;
    this.#subjects = subjects;
    this.#terms = terms;
    this.#state = new ClaimState(context, new OneTry(terms));
    if (this.#waits && terms.waitTimeout < Infinity) {
      this.#timeout = new Appointment(() => this.#onTimeout());
      agenda.schedule(this.#timeout, clock.now() + terms.waitTimeout);
    }
  }

  begin(): void {
    this.#context.session.submit(new AcquireAll(this.#subjects, this.#terms.ttl), this, this);
  }

  /** The caller does not want it any more; it is told so when the server has let go, or soon after. */
  abort(reason: unknown): void {
    if (this.#isOver) return;
    this.#finish();
    const tell = (): void => this.#attempting.failed(reason);
    if (!this.#state.mayStand) tell();
    else void this.#context.agenda.atMost(LEAVING_GRACE, this.#withdraw()).then(tell);
  }

  get sendBy(): number {
    const { askedAt, failure } = this.#state;
    return failure === undefined ? Infinity : askedAt + this.#context.commandTimeout;
  }

  get silence(): number {
    const given = this.#state.askedAt + this.#context.commandTimeout;
    const until = this.#timeout === undefined ? given : Math.min(given, this.#timeout.due);
    return silence(this.#context, until);
  }

  sending(): boolean {
    if (this.#isOver) return false;
    this.#state.sending(instant(this.#context.clock));
    return true;
  }

  answered(outcome: Outcomes['acquireAll']): void {
    if (outcome.kind === 'granted all') {
      this.#fencingTokens = outcome.fencingTokens;
      const fencingToken = outcome.fencingTokens[0] as number;
      const { at } = outcome;
      const granted = { kind: 'granted', fencingToken, already: false, more: false } as const;
      this.#endRequest(this.#state.answered(at === undefined ? granted : { ...granted, at }));
      return;
    }
    this.#blocked = outcome;
    // Who waits goes and stands in line, also behind those who may be gone; who only tries asks again.
    const goes = this.#waits && !this.#isOver && outcome.by.kind === 'busy';
    if (goes) this.#finish();
    this.#endRequest(this.#state.answered(outcome.by));
    if (goes) this.#tellBlocked();
  }

  failed(failure: Failure): void {
    this.#endRequest(this.#state.failed(failure));
  }

  /** What fails for all of them is told of the first. */
  get #about(): { readonly lockName: string; readonly operation: 'acquire' } {
    return { lockName: (this.#subjects[0] as Subject).name, operation: 'acquire' };
  }

  get #waits(): boolean {
    return this.#terms.waitTimeout > 0;
  }

  #endRequest(effects: Effects): void {
    const onceAnswered = this.#onceAnswered;
    this.#onceAnswered = undefined;
    onceAnswered?.();
    for (const effect of effects) this.#do(effect);
  }

  #do(effect: Effect): void {
    const { session, agenda } = this.#context;
    switch (effect.kind) {
      case 'ask':
        this.begin();
        break;
      case 'pause':
        void agenda.pause(effect.time).then(() => this.#endRequest(this.#state.paused()));
        break;
      case 'granted':
        this.#finish();
        this.#attempting.granted(this.#fencingTokens, effect);
        break;
      case 'busy':
        this.#finish();
        this.#tellBlocked();
        break;
      case 'foreign': {
        const { place } = this.#blocked as Blocked;
        const { key } = this.#subjects[place] as Subject;
        this.#fail(new ForeignDataError(effect.key ?? key, effect.type));
        break;
      }
      case 'too slow': {
        const what = `took longer to answer than the ttl of ${this.#terms.ttl} ms`;
        this.#fail(
          new RedisUnreachableError(
            session.addressOf((this.#subjects[0] as Subject).key),
            what,
            undefined,
            this.#about,
          ),
        );
        break;
      }
      case 'failed':
        this.#fail(effect.error.of(this.#about.lockName, 'acquire'));
        break;
      // Several locks are not stolen. And what concerns those who wait in a line, and the channel on
      // which those are told who stand in one.
      case 'stolen':
      case 'full':
      case 'outage':
      case 'waits':
      case 'gather':
      case 'heard':
      case 'advance':
      case 'ask all':
      case 'doubt':
    }
  }

  /** The time is up, and nothing was heard. A process that stood still may not even have asked. */
  #onTimeout(): void {
    const { agenda, clock, session } = this.#context;
    const { isAsking, failure } = this.#state;
    if (isAsking && failure === undefined && !this.#isGraced) {
      this.#isGraced = true;
      agenda.schedule(this.#timeout as Appointment, clock.now() + LEAVING_GRACE);
    } else if (failure?.kind === 'refused') {
      this.abort(failure.error.of(this.#about.lockName, 'acquire'));
    } else {
      const what = `gave no answer within ${Math.round(this.#terms.waitTimeout)} ms`;
      const cause = failure?.error ?? session.outageOf((this.#subjects[0] as Subject).key);
      this.abort(
        new RedisUnreachableError(
          session.addressOf((this.#subjects[0] as Subject).key),
          what,
          cause,
          this.#about,
        ),
      );
    }
  }

  #fail(error: Error): void {
    this.#finish();
    if (this.#state.mayStand) void this.#withdraw();
    this.#attempting.failed(error);
  }

  #tellBlocked(): void {
    // Where an earlier request was not answered, all may have been granted, and one of them lost since.
    if (this.#state.mayStand) void this.#withdraw();
    const { place, by } = this.#blocked as Blocked;
    this.#attempting.blocked(place, by as Busy);
  }

  #finish(): void {
    this.#isOver = true;
    this.#state.stop();
    if (this.#timeout !== undefined) this.#context.agenda.cancel(this.#timeout);
  }

  /** Makes certain that nothing of it stays at the server. Never rejects. */
  async #withdraw(): Promise<void> {
    const { ttl } = this.#terms;
    const after = this.#whenAnswered();
    const needed = (): boolean => this.#state.mayStand;
    const settled = this.#subjects.map(({ key, token }) =>
      this.#settlements.settle({
        operation: new Cancel(key, token, ttl, undefined),
        time: ttl,
        after,
        needed,
      }),
    );
    await Promise.all(settled);
  }

  #whenAnswered(): Promise<void> | undefined {
    if (!this.#state.isAsking) return undefined;
    return new Promise((resolve) => {
      this.#onceAnswered = resolve;
    });
  }
}
