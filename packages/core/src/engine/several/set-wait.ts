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

/** What keeps the one step from taking all of them. */
interface InTheWay {
  readonly subject: Subject;
  readonly busy: Busy;
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
export class SetWait implements Abortable, Waiting {
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
  /** What the call came to before it had all of them. */
  #ended: { readonly reason: unknown } | undefined;
  #done: Promise<HoldSet> | undefined;

  constructor(rooms: SetRooms, locks: readonly Requested[], options: AcquireOptions) {
    this.#rooms = rooms;
    this.#locks = locks.toSorted((one, other) => (one.key < other.key ? -1 : 1));
    this.#options = options;
    this.#mayTakeAtOnce =
      locks.every(({ room }) => room === undefined) &&
      rooms.context.session.areTogether(locks.map(({ key }) => key));
    this.#started = rooms.context.clock.now();
  }

  begin(): Promise<HoldSet> {
    const { signal } = this.#options;
    if (signal !== undefined) attend(signal, this);
    this.#done = this.#rooms.context.keepAlive.during(this.#run());
    return this.#done;
  }

  abort(reason: unknown): void {
    this.#ended ??= { reason };
    this.#step?.abort(reason);
  }

  /** @inheritDoc Waiting.close */
  async close(): Promise<void> {
    const [{ name }] = this.#locks as [Requested, ...Requested[]];
    this.abort(new LockerClosedError({ lockName: name, operation: 'acquire' }));
    await this.#done?.catch(() => {});
  }

  async #run(): Promise<HoldSet> {
    try {
      // oxlint-disable no-await-in-loop -- one attempt after the other
      for (;;) {
        const set = (await this.#takeAtOnce()) ?? (await this.#takeInOrder());
        if (set !== undefined) return set;
      }
      // oxlint-enable no-await-in-loop
    } finally {
      const { signal } = this.#options;
      if (signal !== undefined) leave(signal, this);
      this.#rooms.left(this);
    }
  }

  /** Undefined: there is no one step for them; or somebody is in the way, and there is time to wait. */
  async #takeAtOnce(): Promise<HoldSet | undefined> {
    if (this.#ended !== undefined) throw this.#ended.reason;
    if (!this.#mayTakeAtOnce) return undefined;
    const { musters } = this.#rooms;
    const waits = this.#timeLeft > 0;
    // Who called for one of them before, and is not in its line yet, goes first.
    if (waits && this.#locks.some(({ key }) => musters.of(key).isBehind(key))) return undefined;
    const set = new HoldSet(this.#rooms.holdRooms, () => {});
    const blocked = await this.#attempt(set);
    if (blocked === undefined || this.#ended !== undefined) return this.#complete(set);
    if (this.#timeLeft <= 0) throw this.#busy(blocked);
    return undefined;
  }

  /** Resolves with what is in the way, if something is. */
  #attempt(set: HoldSet): Promise<InTheWay | undefined> {
    const { ttl, renew, maxHold } = this.#options;
    const subjects = this.#locks.map((lock) => this.#rooms.subject(lock));
    return new Promise((resolve, reject) => {
      const attempting: Attempting = {
        granted: (fencingTokens, grant) => {
          for (const [place, subject] of subjects.entries()) {
            const fencingToken = fencingTokens[place] as number;
            const kept = { fencingToken, room: undefined, ttl, renew, maxHold };
            this.#keep(set, { ...subject, ...kept }, grant);
          }
          resolve(undefined);
          this.#announce(set);
        },
        blocked: (place, busy) => resolve({ subject: subjects[place] as Subject, busy }),
        failed: reject,
      };
      const terms = { ...this.#options, waitTimeout: this.#patience };
      const attempt = new AtOnce(this.#rooms, attempting, subjects, terms);
      this.#step = attempt;
      attempt.begin();
    });
  }

  #announce(set: HoldSet): void {
    if (!acquireTopic.heard) return;
    for (const { identity } of set.holds) {
      acquireTopic.publish({ ...identity, waited: this.#waited, handedOff: false });
    }
  }

  /** Undefined: one was lost on the way, and there are none. */
  async #takeInOrder(): Promise<HoldSet | undefined> {
    const set = new HoldSet(this.#rooms.holdRooms, () => this.#step?.abort(LOST));
    try {
      for (const lock of this.#locks) {
        if (this.#ended !== undefined || set.isLost) break;
        // oxlint-disable-next-line no-await-in-loop -- in one line at a time
        await this.#waitFor(lock, set);
      }
    } catch (error) {
      await this.#giveBack(set);
      if (this.#ended === undefined && error !== LOST) throw this.#failure(error);
    }
    return this.#complete(set);
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
    const hold = this.#rooms.keep(set.rooms, terms, grant);
    set.add(hold);
    return hold;
  }

  /** Undefined: it is to begin again. */
  async #complete(set: HoldSet): Promise<HoldSet | undefined> {
    if (this.#ended !== undefined) {
      await this.#giveBack(set);
      throw this.#ended.reason;
    }
    if (set.isLost) return undefined;
    const { renew, holdAtLeast } = this.#options;
    if (!renew) set.stopRenewing();
    if (holdAtLeast > 0) set.keepFor(holdAtLeast);
    return set;
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

  #busy({ subject, busy }: InTheWay): AcquireTimeoutError {
    const { name: lockName, token } = subject;
    const waited = this.#waited;
    const holderTtl = busy.holderTtl === Infinity ? undefined : busy.holderTtl;
    const holder = lockHolderOf(busy.holder, this.#rooms.context.lockerId);
    if (busyTopic.heard) busyTopic.publish({ lockName, token, waited, holderTtl, holder });
    return new AcquireTimeoutError(lockName, waited, holderTtl, holder);
  }

  /** Who waited for one lock alone tells how long that took; the caller waited for all of them. */
  #failure(error: unknown): unknown {
    if (!(error instanceof AcquireTimeoutError)) return error;
    const { lockName, holderTtl, holder } = error;
    return new AcquireTimeoutError(lockName, this.#waited, holderTtl, holder);
  }
}
