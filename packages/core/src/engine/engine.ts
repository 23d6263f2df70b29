import { LockerClosedError, LockLostError } from '../errors.js';
import { Agenda } from '../runtime/agenda.js';
import { type Clock, type Instant, instant } from '../runtime/clock.js';
import { Deadline } from '../runtime/deadline.js';
import { KeepAlive } from '../runtime/keep-alive.js';
import { Roster } from '../runtime/roster.js';
import type { Grant, LockStore, Outcomes, RenewOperation, StoreSession } from '../store/port.js';
import type { Claim } from './claim/claim.js';
import { Lines } from './claim/line.js';
import { Muster } from './claim/muster.js';
import { type AcquireOptions, Wait, type WaitRooms } from './claim/wait.js';
import type { Context } from './context.js';
import { Hold, type HoldRooms, type HoldTerms } from './hold/hold.js';
import { type Expected, Holds } from './hold/holds.js';
import { Release, Renew } from './operations.js';
import { type Answer, attempt, persist } from './retry.js';
import { Settlements } from './settlements.js';

export interface EngineOptions {
  readonly lockerId: string;
  /** Gives each token a part that nobody can guess who has not read it. */
  readonly nonce: () => string;
  readonly clock: Clock;
  /** How long an operation may stay unanswered, in ms. */
  readonly commandTimeout: number;
}

/** `closing`: nothing new is begun, and what was begun is being ended. `closed`: nothing is left. */
type State =
  | { readonly kind: 'open' }
  | { readonly kind: 'closing' | 'closed'; readonly done: Promise<void> };

const OPEN: State = { kind: 'open' };

/**
 * One locker's registry: who waits, who holds, and the way from a grant to the one it is for.
 * The way to a lock is in `claim/`, its keeping in `hold/`.
 */
export class Engine {
  readonly context: Context;
  readonly #options: EngineOptions;
  readonly #waits = new Roster<Wait>();
  readonly #holds: Holds;
  readonly #lines: Lines<Claim>;
  readonly #settlements: Settlements;
  readonly #waitRooms: WaitRooms;
  readonly #holdRooms: HoldRooms;
  readonly #adoptions = new Set<Promise<unknown>>();
  #sequence = 0;
  #state: State = OPEN;

  private constructor(context: Context, options: EngineOptions) {
    const lines = new Lines<Claim>(context);
    const settlements = new Settlements(context);
    this.context = context;
    this.#options = options;
    this.#holds = new Holds(options.lockerId);
    this.#lines = lines;
    this.#settlements = settlements;
    this.#holdRooms = {
      context,
      settlements,
      over: (hold) => this.#holds.over(hold),
      ended: (hold) => this.#holds.remove(hold),
    };
    this.#waitRooms = {
      context,
      lines,
      settlements,
      muster: new Muster(context),
      hold: (terms, { sent, deadline }) => this.#keep(terms, sent, deadline),
      left: (wait) => this.#waits.remove(wait),
    };
  }

  static async open(store: LockStore, options: EngineOptions): Promise<Engine> {
    const { clock, lockerId, commandTimeout } = options;
    let engine: Engine | undefined;
    const listener = {
      granted: (grant: Grant) => engine?.granted(grant),
      reconnected: () => engine?.reconnected(),
    };
    const opening = store.open(lockerId, listener, commandTimeout);
    const keepAlive = new KeepAlive();
    try {
      const session: StoreSession = await keepAlive.during(opening);
      const agenda = new Agenda(clock);
      engine = new Engine({ clock, agenda, session, keepAlive, commandTimeout }, options);
      const { expireHolds } = engine;
      agenda.onSleep = expireHolds;
      return engine;
    } catch (error) {
      keepAlive.close();
      throw error;
    }
  }

  acquire(name: string, key: string, options: AcquireOptions): Promise<Hold> {
    if (this.#state.kind !== 'open') return Promise.reject(new LockerClosedError());
    this.#sequence += 1;
    const { lockerId, nonce } = this.#options;
    const sequence = this.#sequence;
    const token = `${lockerId}/${nonce()}${sequence.toString(36)}`;
    const wait = new Wait(this.#waitRooms, { name, key, token, sequence }, options);
    this.#waits.add(wait);
    wait.begin();
    return wait.promise;
  }

  /** Takes part in an acquisition that another handle made, by confirming it. */
  adopt(terms: HoldTerms): Promise<Hold> {
    if (this.#state.kind !== 'open') return Promise.reject(new LockerClosedError());
    const adoption = this.#adopt(terms).finally(() => this.#adoptions.delete(adoption));
    this.#adoptions.add(adoption);
    return this.context.keepAlive.during(adoption);
  }

  /** Sent once only: sent again after a lost reply, it would hit the next holder. */
  async forceRelease(key: string): Promise<Outcomes['forceRelease']> {
    if (this.#state.kind !== 'open') throw new LockerClosedError();
    const { keepAlive, commandTimeout } = this.context;
    const operation = { kind: 'forceRelease', key } as const;
    const outcome = await keepAlive.during(attempt(this.context, operation, commandTimeout));
    if (outcome.kind === 'released' && outcome.more) this.#settlements.advance(key);
    return outcome;
  }

  /** Rejects waits, gives held locks back, closes the session. */
  close(): Promise<void> {
    if (this.#state.kind !== 'open') return this.#state.done;
    let begin!: (done: Promise<void>) => void;
    const done = new Promise<void>((resolve) => {
      begin = resolve;
    });
    // Before anybody is told: whoever calls back finds the locker closed.
    this.#state = { kind: 'closing', done };
    const closed = this.#close().then(() => {
      this.#state = { kind: 'closed', done };
    });
    begin(this.context.keepAlive.during(closed));
    return done;
  }

  granted(grant: Grant): void {
    const { key, token, fencingToken } = grant;
    const claim = this.#lines.find(key, token);
    if (claim !== undefined) {
      claim.pushed(grant);
      return;
    }
    // A second grant for a token that was already held: the first one is over, and nobody can
    // believe in this one.
    const hold = this.#holds.olderThan(grant);
    if (hold !== undefined) {
      hold.lose('gone');
      const operation = new Release(key, token, fencingToken, hold.room);
      void this.#settlements.settle({ operation, time: this.context.commandTimeout });
      return;
    }
    // Nobody waits here. While its claim is being withdrawn, that ends it. Otherwise the push is an
    // echo of a grant that was found without it, and that may be somebody else's by now.
    this.#settlements.pushed(token);
  }

  reconnected(): void {
    this.#lines.askAll();
  }

  /** The machine slept: deadlines have passed for which no timer rang. */
  readonly expireHolds = (): void => {
    for (const hold of this.#holds) hold.expireIfDue();
  };

  #keep(terms: HoldTerms, sent: Instant, deadline: Deadline): Hold {
    const hold = new Hold(this.#holdRooms, terms, sent, deadline);
    this.#holds.add(hold);
    return hold;
  }

  async #adopt(terms: HoldTerms): Promise<Hold> {
    const expected = this.#holds.expect(terms);
    try {
      return await this.#takeOver(terms, expected);
    } finally {
      this.#holds.forget(expected);
    }
  }

  async #takeOver(terms: HoldTerms, expected: Expected): Promise<Hold> {
    const { name, key, token, fencingToken, ttl, room } = terms;
    const { clock } = this.context;
    const sent = instant(clock);
    if (expected.over) throw new LockLostError(name, 'released', fencingToken);
    const { outcome } = await this.#confirm(new Renew(key, token, fencingToken, ttl, room));
    // The renewal may have come before the release of another handle here.
    if (outcome.kind === 'lost' || expected.over) {
      throw new LockLostError(name, 'gone', fencingToken);
    }
    if (this.#state.kind !== 'open') {
      // Whoever handed it over has let go of it: as with all that is held, it is given back.
      const operation = new Release(key, token, fencingToken, room);
      await this.#settlements.settle({ operation, time: this.context.commandTimeout });
      throw new LockerClosedError();
    }
    const deadline = Deadline.ofLease(sent, ttl);
    if (deadline.passed(clock)) throw new LockLostError(name, 'expired', fencingToken);
    const hold = new Hold(this.#holdRooms, terms, sent, deadline);
    hold.share();
    this.#holds.adopted(hold);
    return hold;
  }

  #confirm(renewal: Renew): Promise<Answer<RenewOperation>> {
    const { clock, commandTimeout } = this.context;
    const until = clock.now() + commandTimeout;
    const effort = { urgency: 'asking', until, worthUntil: Infinity } as const;
    return new Promise((answered, reject) => {
      persist<RenewOperation>(this.context, renewal, effort, {
        answered,
        failed: ({ error }) => reject(error),
      });
    });
  }

  async #close(): Promise<void> {
    const { agenda, session, keepAlive, commandTimeout } = this.context;
    const waits = [...this.#waits].map((wait) => wait.close(new LockerClosedError()));
    const holds = [...this.#holds].map((hold) => hold.close());
    const adoptions = Promise.allSettled(this.#adoptions);
    const settled = Promise.all([...waits, ...holds, adoptions, this.#settlements.settled()]);
    await agenda.atMost(
      commandTimeout,
      settled.then(() => {}),
    );
    session.close();
    agenda.close();
    keepAlive.close();
  }
}
