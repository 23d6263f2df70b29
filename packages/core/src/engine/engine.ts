import { forcedReleaseTopic } from '../diagnostics.js';
import { LockerClosedError, LockLostError } from '../errors.js';
import { Agenda } from '../runtime/agenda.js';
import { type Clock, instant } from '../runtime/clock.js';
import { Deadline } from '../runtime/deadline.js';
import { KeepAlive } from '../runtime/keep-alive.js';
import { Roster } from '../runtime/roster.js';
import { assertWithinGrace, type Grace } from '../store/grace.js';
import type {
  ForceReleased,
  LockStore,
  Outcomes,
  RenewOperation,
  StoreListener,
  StoreSession,
} from '../store/port.js';
import type { Claim, Subject } from './claim/claim.js';
import type { Granted } from './claim/effect.js';
import { Lines } from './claim/line.js';
import { Musters } from './claim/muster.js';
import { type AcquireOptions, Wait, type Waiting, type WaitRooms } from './claim/wait.js';
import type { Context } from './context.js';
import { Drain } from './drain.js';
import { GraceWatch } from './grace-watch.js';
import { Hold, type HoldRooms, type HoldTerms } from './hold/hold.js';
import { type Expected, Holds } from './hold/holds.js';
import { reasonBy } from './hold/loss.js';
import { granteeOf, lockHolderOf } from './lock-holder.js';
import { Listening } from './listening.js';
import { listenWith, News } from './news.js';
import { Release, Renew } from './operations.js';
import { type Answer, attempt, persist } from './retry.js';
import { Settlements } from './settlements.js';
import { adoptAll } from './several/adopt-all.js';
import type { HoldSet } from './several/hold-set.js';
import { type Requested, type SetRooms, SetWait } from './several/set-wait.js';

export interface EngineOptions {
  readonly lockerId: string;
  /** Gives each token a part that nobody can guess who has not read it. */
  readonly nonce: () => string;
  /** Whom each token names, as it is written there; empty: nobody. */
  readonly owner: string;
  readonly clock: Clock;
  /** How long an operation may stay unanswered, in ms. */
  readonly commandTimeout: number;
  /** Undefined: none. */
  readonly grace?: Grace | undefined;
  /** Listens from the start, and not only once somebody waits. */
  readonly listen?: boolean;
}

/**
 * `draining`: nothing new is begun, and who holds a lock finishes. `closing`: what was begun is being
 * ended. `closed`: nothing is left.
 */
type State =
  | { readonly kind: 'open' }
  | { readonly kind: 'draining'; readonly done: Promise<void>; readonly drain: Drain }
  | { readonly kind: 'closing' | 'closed'; readonly done: Promise<void> };

const OPEN: State = { kind: 'open' };

/**
 * One locker's registry: who waits, who holds, and the way from a grant to the one it is for.
 * The way to a lock is in `claim/`, its keeping in `hold/`.
 */
export class Engine {
  readonly context: Context;
  readonly news: News;
  readonly #options: EngineOptions;
  /** What stands before and behind what is a token's own. */
  readonly #prefix: string;
  readonly #suffix: string;
  readonly #waits = new Roster<Waiting>();
  readonly #holds: Holds;
  readonly #settlements: Settlements;
  readonly #waitRooms: WaitRooms;
  readonly #holdRooms: HoldRooms;
  readonly #setRooms: SetRooms;
  readonly #listening: Listening;
  readonly #adoptions = new Set<Promise<unknown>>();
  #sequence = 0;
  #state: State = OPEN;

  private constructor(context: Context, options: EngineOptions) {
    const lines = new Lines<Claim>(context);
    const settlements = new Settlements(context);
    this.context = context;
    this.#options = options;
    this.#prefix = `${options.lockerId}/`;
    this.#suffix = options.owner === '' ? '' : `/${options.owner}`;
    this.#holds = new Holds(options.lockerId);
    this.#settlements = settlements;
    this.#listening = new Listening(context);
    this.news = new News({ context, lines, holds: this.#holds, settlements });
    this.#holdRooms = {
      context,
      settlements,
      over: (hold, holder) => this.#holds.over(hold, holder),
      kept: () => this.#endDrain(),
      ended: (hold) => this.#ended(hold),
    };
    this.#waitRooms = {
      context,
      lines,
      settlements,
      musters: new Musters(context),
      hold: (terms, grant) => this.#keep(this.#holdRooms, terms, grant),
      left: (wait) => this.#waits.remove(wait),
    };
    this.#setRooms = {
      ...this.#waitRooms,
      holdRooms: this.#holdRooms,
      subject: (lock) => this.#subject(lock.name, lock.key),
      keep: (rooms, terms, grant) => this.#keep(rooms, terms, grant),
      began: (wait) => this.#waits.add(wait),
    };
  }

  get owner(): string {
    return this.#options.owner;
  }

  get state(): State['kind'] {
    return this.#state.kind;
  }

  static async open(store: LockStore, options: EngineOptions): Promise<Engine> {
    const { clock, lockerId, commandTimeout, grace } = options;
    let engine: Engine | undefined;
    const listener: StoreListener = {
      granted: (grant) => engine?.news.granted(grant),
      revoked: (revocation) => engine?.news.revoked(revocation),
      reconnected: (channels) => engine?.news.reconnected(channels),
      graced: (left, address) => engine?.context.grace?.watch.heard(left, address),
    };
    const opening = store.open(lockerId, listener, commandTimeout, grace);
    const keepAlive = new KeepAlive();
    try {
      const session: StoreSession = await keepAlive.during(opening);
      if (options.listen === true) await keepAlive.during(listenWith(session));
      const agenda = new Agenda(clock);
      const listens = options.listen === true;
      const parts = { lockerId, clock, agenda, session, keepAlive, commandTimeout, listens };
      const context = { ...parts, grace: grace && { terms: grace, watch: new GraceWatch(parts) } };
      engine = new Engine(context, options);
      const { expireHolds } = engine;
      agenda.onSleep = expireHolds;
      return engine;
    } catch (error) {
      keepAlive.close();
      throw error;
    }
  }

  acquire(name: string, key: string, options: AcquireOptions): Promise<Hold> {
    if (this.#state.kind !== 'open') {
      return Promise.reject(new LockerClosedError({ lockName: name, operation: 'acquire' }));
    }
    this.#assertTtl(options.ttl);
    const wait = new Wait(this.#waitRooms, this.#subject(name, key), options);
    this.#waits.add(wait);
    wait.begin();
    return wait.promise;
  }

  /** All of them, or none. */
  acquireAll(locks: readonly Requested[], options: AcquireOptions): Promise<HoldSet> {
    if (this.#state.kind !== 'open') {
      const [{ name }] = locks as [Requested, ...Requested[]];
      return Promise.reject(new LockerClosedError({ lockName: name, operation: 'acquire' }));
    }
    this.#assertTtl(options.ttl);
    const wait = new SetWait(this.#setRooms, locks, options);
    this.#waits.add(wait);
    return wait.begin();
  }

  /** @throws {RangeError} if a lease of so many ms can outlast the grace. */
  #assertTtl(ttl: number): void {
    const { grace } = this.context;
    if (grace !== undefined) assertWithinGrace(ttl, grace.terms);
  }

  /** Takes part in an acquisition that another handle made, by confirming it. */
  adopt(terms: HoldTerms): Promise<Hold> {
    return this.#adoptInto(this.#holdRooms, terms);
  }

  /** The same for several that are held as one: all of them, or none. */
  adoptAll(all: readonly HoldTerms[]): Promise<HoldSet> {
    return adoptAll(this.#holdRooms, (rooms, terms) => this.#adoptInto(rooms, terms), all);
  }

  #adoptInto(rooms: HoldRooms, terms: HoldTerms): Promise<Hold> {
    if (this.#state.kind !== 'open') {
      const about = { lockName: terms.name, operation: 'adopt' } as const;
      return Promise.reject(new LockerClosedError(about));
    }
    this.#assertTtl(terms.ttl);
    const adoption = this.#adopt(rooms, terms).finally(() => this.#adoptions.delete(adoption));
    this.#adoptions.add(adoption);
    return this.context.keepAlive.during(adoption);
  }

  /** Sent once only: sent again after a lost reply, it would hit the next holder. */
  async forceRelease(name: string, key: string): Promise<Outcomes['forceRelease']> {
    if (this.#state.kind !== 'open') {
      throw new LockerClosedError({ lockName: name, operation: 'forceRelease' });
    }
    const { keepAlive, commandTimeout, lockerId } = this.context;
    const operation = { kind: 'forceRelease', key } as const;
    const outcome = await keepAlive.during(attempt(this.context, name, operation, commandTimeout));
    if (outcome.kind !== 'released') return outcome;
    this.#tellForced(key, outcome);
    if (outcome.more) this.#settlements.advance(key);
    if (forcedReleaseTopic.heard) {
      const next = granteeOf(outcome.next, lockerId);
      const holder = lockHolderOf(outcome.holder, lockerId);
      forcedReleaseTopic.publish({ lockName: name, holder, handedOff: next !== undefined, next });
    }
    return outcome;
  }

  /** Those who held it here need no message. Who shared it asks, as others may do so now. */
  #tellForced(key: string, { holder, next }: ForceReleased): void {
    if (holder.kind === 'grant') {
      this.#holds.takeAway(holder, next && { kind: 'grant', ...next });
    } else if (holder.kind === 'room') {
      for (const hold of this.#holds) {
        if (hold.key === key && hold.room !== undefined) hold.verify(true);
      }
    }
  }

  /**
   * Rejects waits, gives held locks back, closes the session. Those that hold are given `drain` ms to
   * do that themselves; another call can only make that less.
   */
  close(drain = 0): Promise<void> {
    const state = this.#state;
    if (state.kind === 'draining') state.drain.within(drain);
    if (state.kind !== 'open') return state.done;
    let begin!: (done: Promise<void>) => void;
    const done = new Promise<void>((resolve) => {
      begin = resolve;
    });
    if (drain === 0 || this.#holds.areIdle) {
      begin(this.#shut(done));
      return done;
    }
    this.context.keepAlive.enter();
    const draining = new Drain(this.context, drain, () => {
      begin(this.#shut(done));
      this.context.keepAlive.leave();
    });
    this.#state = { kind: 'draining', done, drain: draining };
    // They could not finish any more.
    for (const wait of this.#waits) void wait.close();
    return done;
  }

  #shut(done: Promise<void>): Promise<void> {
    // Before anybody is told: whoever calls back finds the locker closed.
    this.#state = { kind: 'closing', done };
    const closed = this.#close().then(() => {
      this.#state = { kind: 'closed', done };
    });
    return this.context.keepAlive.during(closed);
  }

  #ended(hold: Hold): void {
    // It was adopted: the locker that acquired it may believe in it still.
    if (!hold.token.startsWith(this.#prefix)) this.context.session.announce(hold);
    this.#holds.remove(hold);
    this.#endDrain();
  }

  #endDrain(): void {
    if (this.#state.kind === 'draining' && this.#holds.areIdle) this.#state.drain.end();
  }

  /** As with the option: this locker is told from now on, and not only while somebody waits. */
  async listen(): Promise<void> {
    // Whoever asks meanwhile waits for the first try.
    if (this.#state.kind === 'open') await this.#listening.begin();
  }

  /** The machine slept: deadlines have passed for which no timer rang. */
  readonly expireHolds = (): void => {
    for (const hold of this.#holds) hold.expireIfDue();
  };

  /** What an acquisition is for, with a token that is never used again. */
  #subject(name: string, key: string): Subject {
    this.#sequence += 1;
    const { nonce } = this.#options;
    const sequence = this.#sequence;
    const token = `${this.#prefix}${nonce()}${sequence.toString(36)}${this.#suffix}`;
    return { name, key, token, sequence };
  }

  #keep(rooms: HoldRooms, terms: HoldTerms, { sent, deadline }: Granted): Hold {
    const hold = new Hold(rooms, terms, sent, deadline);
    this.#holds.add(hold);
    return hold;
  }

  async #adopt(rooms: HoldRooms, terms: HoldTerms): Promise<Hold> {
    const expected = this.#holds.expect(terms);
    try {
      return await this.#takeOver(rooms, terms, expected);
    } finally {
      this.#holds.forget(expected);
    }
  }

  async #takeOver(rooms: HoldRooms, terms: HoldTerms, expected: Expected): Promise<Hold> {
    const { name, key, token, fencingToken, ttl, room, leaseEnd } = terms;
    const { clock } = this.context;
    const sent = instant(clock);
    if (expected.over) throw new LockLostError(name, 'released', fencingToken);
    const { outcome } = await this.#confirm(
      name,
      new Renew(key, token, fencingToken, ttl, room, leaseEnd),
    );
    if (outcome.kind === 'lost') {
      const holder = lockHolderOf(outcome.holder, this.context.lockerId);
      throw new LockLostError(name, reasonBy(outcome.holder), fencingToken, { holder });
    }
    // The renewal may have come before the release of another handle here.
    if (expected.over) throw new LockLostError(name, 'gone', fencingToken);
    if (this.#state.kind !== 'open') {
      // Whoever handed it over has let go of it: as with all that is held, it is given back.
      const operation = new Release(key, token, fencingToken, room);
      await this.#settlements.settle({ operation, time: this.context.commandTimeout });
      throw new LockerClosedError({ lockName: name, operation: 'adopt' });
    }
    const deadline = Deadline.ofLease(sent, ttl, outcome.at);
    if (deadline.passed(clock)) throw new LockLostError(name, 'expired', fencingToken);
    const hold = new Hold(rooms, terms, sent, deadline);
    if (leaseEnd === undefined) hold.share();
    else hold.takeOver();
    this.#holds.adopted(hold);
    return hold;
  }

  #confirm(name: string, renewal: Renew): Promise<Answer<RenewOperation>> {
    const { clock, commandTimeout } = this.context;
    const until = clock.now() + commandTimeout;
    const effort = { urgency: 'asking', until, worthUntil: Infinity } as const;
    return new Promise((answered, reject) => {
      persist<RenewOperation>(this.context, renewal, effort, {
        answered,
        failed: ({ error }) => reject(error.of(name, 'adopt')),
      });
    });
  }

  async #close(): Promise<void> {
    const { agenda, session, keepAlive, commandTimeout } = this.context;
    const waits = [...this.#waits].map((wait) => wait.close());
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
