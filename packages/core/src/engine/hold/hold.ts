import type { AcquisitionMessage } from '../../diagnostics.js';
import { LockLostError } from '../../errors.js';
import type { LostReason } from '../../loss.js';
import type { Clock, Instant } from '../../runtime/clock.js';
import type { Deadline } from '../../runtime/deadline.js';
import type { Listed } from '../../runtime/roster.js';
import { assertWithinGrace } from '../../store/grace.js';
import type { Holder, Room } from '../../store/port.js';
import type { Context } from '../context.js';
import { lockHolderOf } from '../lock-holder.js';
import { Release } from '../operations.js';
import type { Settlements } from '../settlements.js';
import { toldMode } from '../told-mode.js';
import { Keeping } from './keeping.js';
import { Lease, type Leaseholder, type LeaseTerms } from './lease.js';
import { isOver, Loss, mayStay, reasonBy } from './loss.js';
import { type Giver, Releasing } from './releasing.js';
import { Verification } from './verification.js';

/** What was acquired, and how it is to be kept. */
export interface HoldTerms extends LeaseTerms {
  readonly name: string;
  readonly key: string;
  readonly token: string;
  readonly fencingToken: number;
  /** Undefined: exclusively. */
  readonly room: Room | undefined;
  /** Of what is adopted after a hand-over: when its lease ends, in ms of the store's time. */
  readonly leaseEnd?: number | undefined;
}

/** What a held lock needs of the locker around it. */
export interface HoldRooms {
  readonly context: Context;
  readonly settlements: Settlements;
  /** Its grant is over, or is being given back: whoever shares it has lost it. */
  over(hold: Hold, holder?: Holder): void;
  /** Nobody works under it any more, but its time has not come. */
  kept(): void;
  /** Nothing is left to be done about it. */
  ended(hold: Hold): void;
}

interface Lost {
  readonly kind: 'lost';
  readonly loss: Loss;
  readonly reported: boolean;
}

/**
 * `keeping`: its owner is done, and its time has not come. `ended`: handed over, or given back, or at
 * least its owner was told how that went.
 */
type State = { readonly kind: 'held' } | Lost | Keeping | Releasing | { readonly kind: 'ended' };

const HELD: State = { kind: 'held' };
const ENDED: State = { kind: 'ended' };

/** One acquisition from its grant to its end: released or lost, and its owner told so. */
export class Hold implements Leaseholder, Giver, Listed {
  place = -1;
  readonly name: string;
  readonly key: string;
  readonly token: string;
  readonly fencingToken: number;
  readonly room: Room | undefined;
  /** @inheritDoc Giver.since */
  readonly since: number;
  readonly #rooms: HoldRooms;
  readonly #lease: Lease;
  #state: State = HELD;
  /** Others may hold the same grant: its end is not for one of them alone to bring about. */
  #isShared = false;
  /** For so long after the grant it is not given back, in ms. */
  #atLeast = 0;
  #controller: AbortController | undefined;
  #verification: Verification | undefined;

  constructor(rooms: HoldRooms, terms: HoldTerms, sent: Instant, deadline: Deadline) {
    const { context } = rooms;
    this.name = terms.name;
    this.key = terms.key;
    this.token = terms.token;
    this.fencingToken = terms.fencingToken;
    this.room = terms.room;
    this.#rooms = rooms;
    this.since = context.clock.now();
    this.#lease = new Lease(context, this, terms, sent, deadline);
  }

  get ttl(): number {
    return this.#lease.ttl;
  }

  get held(): boolean {
    return this.#state.kind === 'held' && this.#lease.over === undefined;
  }

  /** Its owner is done, and its time has not come. */
  get isKept(): boolean {
    return this.#state.kind === 'keeping';
  }

  get remaining(): number {
    return this.#state.kind === 'held' ? this.#lease.remaining : 0;
  }

  get identity(): AcquisitionMessage {
    const { name: lockName, token, fencingToken, room } = this;
    return { lockName, token, fencingToken, ...toldMode(room) };
  }

  get signal(): AbortSignal {
    this.expireIfDue();
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#state.kind === 'lost') this.#controller.abort(this.#state.loss.error);
    }
    return this.#controller.signal;
  }

  get isLost(): boolean {
    return this.#state.kind === 'lost';
  }

  /** It was lost to a forced release. */
  get isForced(): boolean {
    return this.#state.kind === 'lost' && this.#state.loss.reason === 'forced';
  }

  /** Of a lock that was lost. */
  get loss(): LockLostError {
    return (this.#state as Lost).loss.error;
  }

  /** From now on it is renewed only if its owner asks for it. */
  stopRenewing(): void {
    this.#lease.stopRenewing();
  }

  assertHeld(): void {
    this.expireIfDue();
    if (this.#state.kind === 'held') return;
    if (this.#state.kind === 'lost') throw this.#state.loss.error;
    throw new LockLostError(this.name, 'released', this.fencingToken);
  }

  /**
   * Extends the lease now.
   *
   * @throws {LockLostError} if the lock is not held any more.
   * @throws {RedisUnreachableError} if no answer came; the lock is held until its deadline.
   */
  renew(ttl: number): Promise<void> {
    const { grace } = this.#rooms.context;
    if (grace !== undefined) assertWithinGrace(ttl, grace.terms);
    return this.#rooms.context.keepAlive.during(this.#lease.renew(ttl));
  }

  get clock(): Clock {
    return this.#rooms.context.clock;
  }

  /** The lock is not given back before so many ms have passed from now, whoever is done with it. */
  keepFor(time: number): void {
    const held = this.#rooms.context.clock.now() - this.since;
    this.#atLeast = Math.max(this.#atLeast, held + time);
  }

  /**
   * Gives the lock back, or keeps it until its time has come. The first call says how that went; later
   * calls do nothing.
   *
   * @throws {LockLostError} if the lock had been lost before.
   * @throws {RedisUnreachableError} if no answer came: the lock runs out by itself.
   */
  release(): Promise<void> {
    this.expireIfDue();
    const state = this.#state;
    switch (state.kind) {
      case 'releasing':
        return state.done;
      case 'keeping':
        return state.told();
      case 'ended':
        return Promise.resolve();
      case 'lost':
        if (state.reported) return Promise.resolve();
        this.#state = { ...state, reported: true };
        // A renewal without an answer may have kept the key alive; the work is over. But who shares
        // the grant may have renewed it, too, and work on.
        if (mayStay(state.loss.reason) && !this.#isShared && !this.#isEarly) {
          void this.settle(this.ttl);
        }
        return Promise.reject(state.loss.error);
      case 'held': {
        if (!this.#isEarly) return this.#letGo(false);
        const keeping = this.#keep();
        this.#state = keeping;
        this.#lease.stop();
        keeping.begin();
        this.#rooms.kept();
        return keeping.told();
      }
    }
  }

  /** The grant has been told to others, or by others, who may take part in it. */
  share(): void {
    this.#isShared = true;
    this.#lease.share();
  }

  /** It was handed over by others, who have let go of it. */
  takeOver(): void {
    this.#isShared = true;
  }

  /** When its lease ends, in ms of the store's time; see {@link Lease.endAtStore}. */
  get leaseEnd(): number | undefined {
    return this.#lease.endAtStore;
  }

  /**
   * Ends this handle and leaves the lock as it is, for whoever adopts it.
   *
   * @throws {LockLostError} if the lock is not held any more.
   */
  handOver(): void {
    this.assertHeld();
    this.#state = ENDED;
    this.#lease.stop();
    this.#rooms.ended(this);
  }

  /** The locker closes: ends belief and gives the lock back, if it is not to be kept. Never rejects. */
  async close(): Promise<void> {
    const state = this.#state;
    if (state.kind === 'releasing') return state.done.catch(() => {});
    if (state.kind === 'keeping') return state.leave();
    if (state.kind !== 'held') return undefined;
    this.lose('closed');
    if (this.#isEarly) {
      const keeping = this.#keep();
      keeping.begin();
      return keeping.leave();
    }
    return this.settle(this.#rooms.context.commandTimeout);
  }

  /** Ends belief, and tells whoever works under the lock. Final. */
  lose(reason: LostReason, holder?: Holder): void {
    if (this.#state.kind !== 'held') return;
    // Of a loss that we have brought about there is nothing to be found out.
    const loss = reason === 'closed' ? new Loss(this, reason) : this.lossBy(reason, holder);
    this.#endBelief(loss, holder);
    this.tellLoss();
  }

  /**
   * One that was taken together with it was lost: ends belief, and gives the lock back. Who works under
   * it is told by `tellLoss`. False: it was not held any more.
   */
  loseWith(other: Hold): boolean {
    if (this.#state.kind !== 'held') return false;
    const { loss: first } = other.#state as Lost;
    const reason = first.reason === 'closed' ? 'closed' : 'together';
    this.#endBelief(new Loss(this, reason, undefined, first));
    if (this.#isEarly) {
      const keeping = this.#keep();
      keeping.begin();
      void keeping.leave();
    } else void this.settle(Math.max(this.#lease.end - this.#rooms.context.clock.now(), 0));
    return true;
  }

  /** Somebody says that it is over, by force or not: asks whether that is so. */
  verify(forced: boolean): void {
    if (!this.held) return;
    this.#verification ??= new Verification(this.#rooms.context, this);
    this.#verification.begin(this.#lease.end, forced);
  }

  /** The end of the question whether it is over; undefined: nobody asks that now. Never rejects. */
  get doubt(): Promise<void> | undefined {
    const over = this.#verification?.over;
    return over && this.#rooms.context.keepAlive.during(over);
  }

  /** Belief has ended. */
  tellLoss(): void {
    const { loss } = this.#state as Lost;
    loss.publish();
    this.#controller?.abort(loss.error);
  }

  #endBelief(loss: Loss, holder?: Holder): void {
    const { reason } = loss;
    this.#state = { kind: 'lost', loss, reported: false };
    this.#lease.stop();
    if (isOver(reason)) this.#rooms.over(this, holder);
    this.#rooms.ended(this);
  }

  /** The clocks went on without the timers: its deadline may have passed. */
  expireIfDue(): void {
    if (this.#state.kind !== 'held') return;
    const { over } = this.#lease;
    if (over !== undefined) this.lose(over);
  }

  /** @inheritDoc Giver.lossBy */
  lossBy(reason: LostReason, holder: Holder | undefined): Loss {
    const lease = this.#lease;
    return new Loss(this, reason, {
      holder: lockHolderOf(holder, this.#rooms.context.lockerId),
      facts: lease.factsOfLoss(reason, this.since),
      failure: lease.failure,
    });
  }

  /** @inheritDoc Giver.settle */
  settle(time: number): Promise<void> {
    const operation = new Release(this.key, this.token, this.fencingToken, this.room);
    return this.#rooms.settlements.settle({ operation, time, after: this.#lease.renewal });
  }

  /** Whether the lock must not be given back yet. */
  get #isEarly(): boolean {
    return this.#atLeast > 0 && this.#rooms.context.clock.now() < this.since + this.#atLeast;
  }

  #keep(): Keeping {
    const { key, identity, room } = this;
    const kept = {
      key,
      identity,
      room,
      endAtStore: this.#lease.endAtStore,
      until: this.since + this.#atLeast,
      renewal: this.#lease.renewal,
    };
    return new Keeping(this.#rooms.context, kept, {
      due: () => {
        if (this.#state.kind === 'keeping') this.#letGo(true).catch(() => {});
      },
      // What a closing locker leaves behind is nobody's any more.
      gone: (holder) => (this.#state.kind === 'keeping' ? this.#forget(holder) : undefined),
    });
  }

  #letGo(wasKept: boolean): Promise<void> {
    const releasing = new Releasing(this.#rooms, this, this.#lease, wasKept);
    this.#state = releasing;
    this.#lease.stop();
    this.#rooms.over(this);
    releasing.begin();
    return releasing.done;
  }

  /** @inheritDoc Giver.gaveBack */
  gaveBack(): void {
    this.#state = ENDED;
    this.#rooms.ended(this);
  }

  #forget(holder: Holder | undefined): LockLostError {
    const loss = this.lossBy(reasonBy(holder), holder);
    this.#state = ENDED;
    this.#rooms.over(this, holder);
    this.#rooms.ended(this);
    loss.publish();
    return loss.error;
  }
}
