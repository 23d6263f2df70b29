import { acquireTopic, busyTopic } from '../../diagnostics.js';
import { AcquireTimeoutError, LockerClosedError } from '../../errors.js';
import type { Busy, Room } from '../../store/port.js';
import { type Abortable, attend, leave } from '../claim/abort.js';
import type { Subject } from '../claim/claim.js';
import type { Granted } from '../claim/effect.js';
import {
  type AcquireOptions,
  LEAVING_GRACE,
  Wait,
  type Waiting,
  type WaitRooms,
} from '../claim/wait.js';
import type { Hold, HoldRooms, HoldTerms } from '../hold/hold.js';
import { lockHolderOf } from '../lock-holder.js';
import { AtOnce, type Attempting } from './at-once.js';
import { HoldSet } from './hold-set.js';

/** One of the locks that are asked for together. */
export interface Requested {
  readonly name: string;
  readonly key: string;
  /** Undefined: exclusively. */
  readonly room: Room | undefined;
}

/** What a call for several locks needs of the locker around it. */
export interface SetRooms extends WaitRooms {
  readonly holdRooms: HoldRooms;
  /** What an acquisition is for, with a token that is never used again. */
  subject(lock: Requested): Subject;
  /** Makes what was granted into a lock that is held, under rooms of its own. */
  keep(rooms: HoldRooms, terms: HoldTerms, grant: Granted): Hold;
  /** A call has begun. */
  began(wait: Waiting): void;
}

/** Why a step is broken off: one of those that are held already was lost. */
const LOST: unique symbol = Symbol('lost');

/**
 * One call that asks for several locks: all of them, or none.
 *
 * First in one step, which takes them only if nobody is in the way. If somebody is, or one of them is
 * not asked for exclusively, one after the other, in one order for everybody, each as any caller waits for one lock; those that it has are
 * renewed meanwhile. So nobody who waits has what somebody needs who comes before: a circle of
 * waiters cannot close. If one is lost on the way, the others are given back, and it begins again.
 */
export class SetWait implements Abortable, Attempting, Waiting {
  place = -1;
  readonly #rooms: SetRooms;
  /** In the order in which everybody takes them. */
  readonly #locks: readonly Requested[];
  readonly #options: AcquireOptions;
  /** The one step takes locks that are held exclusively, and together in the store. */
  readonly #mayTakeAtOnce: boolean;
  readonly #started: number;
  /** What can be broken off now. */
  #step: Abortable | undefined;
  /** Whom the step that is under way, or was the last one, is for. */
  #subjects: readonly Subject[] = [];
  /** What the call came to before it had all of them. */
  #ended: { readonly reason: unknown } | undefined;
  readonly #promise: Promise<HoldSet>;
  #resolve!: (set: HoldSet) => void;
  #reject!: (reason: unknown) => void;

  constructor(rooms: SetRooms, locks: readonly Requested[], options: AcquireOptions) {
    this.#rooms = rooms;
    this.#locks = locks.toSorted((one, other) => (one.key < other.key ? -1 : 1));
    this.#options = options;
    this.#mayTakeAtOnce =
      locks.every(({ room }) => room === undefined) && rooms.context.session.areTogether(locks);
    this.#started = rooms.context.clock.now();
    this.#promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  begin(): Promise<HoldSet> {
    const { signal } = this.#options;
    if (signal !== undefined) attend(signal, this);
    this.#rooms.context.keepAlive.enter();
    this.#attempt();
    return this.#promise;
  }

  abort(reason: unknown): void {
    this.#ended ??= { reason };
    this.#step?.abort(reason);
  }

  /** @inheritDoc Waiting.close */
  async close(): Promise<void> {
    const [{ name }] = this.#locks as [Requested, ...Requested[]];
    this.abort(new LockerClosedError({ lockName: name, operation: 'acquire' }));
    await this.#promise.catch(() => {});
  }

  #attempt(): void {
    const { musters } = this.#rooms;
    // Who called for one of them before, and is not in its line yet, goes first.
    const isBehind =
      this.#timeLeft > 0 && this.#locks.some(({ key }) => musters.of(key).isBehind(key));
    if (this.#mayTakeAtOnce && !isBehind) this.#takeAtOnce();
    else void this.#takeInOrder();
  }

  #takeAtOnce(): void {
    const { ttl, onOutage } = this.#options;
    this.#subjects = this.#locks.map((lock) => this.#rooms.subject(lock));
    const terms = { ttl, onOutage, waitTimeout: this.#patience };
    const step = new AtOnce(this.#rooms, this, this.#subjects, terms);
    this.#step = step;
    step.begin();
  }

  /** @inheritDoc Attempting.granted */
  granted(fencingTokens: readonly number[], grant: Granted): void {
    const { ttl, renew, maxHold } = this.#options;
    const set = new HoldSet(this.#rooms.holdRooms);
    this.#subjects.forEach(({ name, key, token }, place) => {
      const fencingToken = fencingTokens[place] as number;
      const terms = { name, key, token, fencingToken, ttl, renew, room: undefined, maxHold };
      this.#keep(set, terms, grant);
    });
    this.#succeed(set);
    this.#announce(set);
  }

  /** @inheritDoc Attempting.blocked */
  blocked(place: number, busy: Busy): void {
    if (this.#timeLeft > 0) void this.#takeInOrder();
    else this.failed(this.#busy(this.#subjects[place] as Subject, busy));
  }

  /** @inheritDoc Attempting.failed */
  failed(reason: unknown): void {
    this.#finish();
    this.#reject(reason);
  }

  #succeed(set: HoldSet): void {
    const { renew, holdAtLeast } = this.#options;
    if (!renew) set.stopRenewing();
    if (holdAtLeast > 0) set.keepFor(holdAtLeast);
    this.#finish();
    this.#resolve(set);
  }

  #finish(): void {
    const { signal } = this.#options;
    if (signal !== undefined) leave(signal, this);
    this.#rooms.left(this);
    this.#rooms.context.keepAlive.leave();
  }

  #announce(set: HoldSet): void {
    if (!acquireTopic.heard) return;
    for (const { identity } of set.holds) {
      acquireTopic.publish({ ...identity, waited: this.#waited, handedOff: false });
    }
  }

  /** If one of them is lost on the way, it begins again. Never rejects. */
  async #takeInOrder(): Promise<void> {
    const set = new HoldSet(this.#rooms.holdRooms, () => this.#step?.abort(LOST));
    try {
      for (const lock of this.#locks) {
        if (this.#ended !== undefined || set.isLost) break;
        // oxlint-disable-next-line no-await-in-loop -- in one line at a time
        await this.#waitFor(lock, set);
      }
    } catch (error) {
      await this.#giveBack(set);
      if (this.#ended === undefined && error !== LOST) {
        this.failed(this.#failure(error));
        return;
      }
    }
    if (this.#ended !== undefined) {
      await this.#giveBack(set);
      this.failed(this.#ended.reason);
    } else if (set.isLost) this.#attempt();
    else this.#succeed(set);
  }

  #waitFor(lock: Requested, set: HoldSet): Promise<Hold> {
    const rooms: WaitRooms = {
      ...this.#rooms,
      hold: (terms, grant) => this.#keep(set, terms, grant),
    };
    const wait = new Wait(rooms, this.#rooms.subject(lock), {
      ...this.#options,
      room: lock.room,
      renew: true,
      waitTimeout: this.#patience,
      signal: undefined,
      holdAtLeast: 0,
    });
    this.#rooms.began(wait);
    this.#step = wait;
    wait.begin();
    return wait.promise;
  }

  #keep(set: HoldSet, terms: HoldTerms, grant: Granted): Hold {
    const hold = this.#rooms.keep(set, terms, grant);
    set.add(hold);
    return hold;
  }

  /** The caller is told when the server is known to have let go, or soon after. */
  #giveBack(set: HoldSet): Promise<void> {
    const givenBack = set.giveBack();
    // With nothing to wait for no timer is set: a locker that has closed must leave none behind.
    if (set.isLost || set.holds.length === 0) return givenBack;
    return this.#rooms.context.agenda.atMost(LEAVING_GRACE, givenBack);
  }

  get #waited(): number {
    return this.#rooms.context.clock.now() - this.#started;
  }

  /**
   * How long one step may wait, in ms. 0 is for who only tries, and has all the time that an answer may
   * take: a wait whose time is just over is none of those.
   */
  get #patience(): number {
    return this.#options.waitTimeout === 0 ? 0 : Math.max(this.#timeLeft, 1);
  }

  /** In ms. */
  get #timeLeft(): number {
    return Math.max(this.#options.waitTimeout - this.#waited, 0);
  }

  #busy({ name: lockName, token }: Subject, busy: Busy): AcquireTimeoutError {
    const waited = this.#waited;
    const holderTtl = busy.holderTtl === Infinity ? undefined : busy.holderTtl;
    const holder = lockHolderOf(busy.holder, this.#rooms.context.lockerId);
    if (busyTopic.heard) busyTopic.publish({ lockName, token, waited, holderTtl, holder });
    const { grace = 0 } = busy;
    return new AcquireTimeoutError(
      lockName,
      waited,
      holderTtl,
      holder,
      grace > 0 ? grace : undefined,
    );
  }

  /** Who waited for one lock alone tells how long that took; the caller waited for all of them. */
  #failure(error: unknown): unknown {
    if (!(error instanceof AcquireTimeoutError)) return error;
    const { lockName, holderTtl, holder, graceRemaining } = error;
    return new AcquireTimeoutError(lockName, this.#waited, holderTtl, holder, graceRemaining);
  }
}
