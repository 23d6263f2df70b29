import {
  type AcquisitionMessage,
  lossTopic,
  releaseTopic,
  releaseUnansweredTopic,
} from '../../diagnostics.js';
import { LockLostError } from '../../errors.js';
import type { LockHolder } from '../../lock-holder.js';
import type { LossFacts, LostReason } from '../../loss.js';
import type { Instant } from '../../runtime/clock.js';
import type { Deadline } from '../../runtime/deadline.js';
import type { Listed } from '../../runtime/roster.js';
import type { Failure, Holder, ReleaseOperation } from '../../store/port.js';
import type { Context } from '../context.js';
import { granteeOf, lockHolderOf } from '../lock-holder.js';
import { Release } from '../operations.js';
import { type Answer, persist } from '../retry.js';
import type { Settlements } from '../settlements.js';
import { Keeping } from './keeping.js';
import { Lease, type Leaseholder, type LeaseTerms } from './lease.js';
import { Releasing } from './releasing.js';

/** What was acquired, and how it is to be kept. */
export interface HoldTerms extends LeaseTerms {
  readonly name: string;
  readonly key: string;
  readonly token: string;
  readonly fencingToken: number;
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

/** A loss, and what is known of it. */
interface Loss {
  readonly reason: LostReason;
  /** The one that was lost first, of those that were taken together. */
  readonly with: Hold | undefined;
  readonly holder: LockHolder | undefined;
  readonly facts: LossFacts | undefined;
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
export class Hold implements Leaseholder, Listed {
  place = -1;
  readonly name: string;
  readonly key: string;
  readonly token: string;
  readonly fencingToken: number;
  readonly #rooms: HoldRooms;
  readonly #lease: Lease;
  readonly #since: number;
  #state: State = HELD;
  /** Others may hold the same grant: its end is not for one of them alone to bring about. */
  #isShared = false;
  /** For so long after the grant it is not given back, in ms. */
  #atLeast = 0;
  #controller: AbortController | undefined;
  #lossError: LockLostError | undefined;

  constructor(rooms: HoldRooms, terms: HoldTerms, sent: Instant, deadline: Deadline) {
    const { context } = rooms;
    this.name = terms.name;
    this.key = terms.key;
    this.token = terms.token;
    this.fencingToken = terms.fencingToken;
    this.#rooms = rooms;
    this.#since = context.clock.now();
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
    return { lockName: this.name, token: this.token, fencingToken: this.fencingToken };
  }

  get signal(): AbortSignal {
    this.expireIfDue();
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#state.kind === 'lost') this.#controller.abort(this.#errorOf(this.#state.loss));
    }
    return this.#controller.signal;
  }

  get isLost(): boolean {
    return this.#state.kind === 'lost';
  }

  /** Of a lock that was lost. */
  get loss(): LockLostError {
    return this.#errorOf((this.#state as Lost).loss);
  }

  /** From now on it is renewed only if its owner asks for it. */
  stopRenewing(): void {
    this.#lease.stopRenewing();
  }

  assertHeld(): void {
    this.expireIfDue();
    if (this.#state.kind === 'held') return;
    if (this.#state.kind === 'lost') throw this.#errorOf(this.#state.loss);
    throw new LockLostError(this.name, 'released', this.fencingToken);
  }

  /**
   * Extends the lease now.
   *
   * @throws {LockLostError} if the lock is not held any more.
   * @throws {RedisUnreachableError} if no answer came; the lock is held until its deadline.
   */
  renew(ttl: number): Promise<void> {
    return this.#rooms.context.keepAlive.during(this.#lease.renew(ttl));
  }

  /** The lock is not given back before so many ms have passed from now, whoever is done with it. */
  keepFor(time: number): void {
    const held = this.#rooms.context.clock.now() - this.#since;
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
      case 'ended':
        return Promise.resolve();
      case 'lost':
        if (state.reported) return Promise.resolve();
        this.#state = { ...state, reported: true };
        // A renewal without an answer may have kept the key alive; the work is over. But who shares
        // the grant may have renewed it, too, and work on.
        if (mayStay(state.loss.reason) && !this.#isShared && !this.#isEarly) {
          void this.#settle(this.ttl);
        }
        return Promise.reject(this.#errorOf(state.loss));
      case 'held': {
        if (!this.#isEarly) return this.#letGo();
        const keeping = this.#keep();
        this.#state = keeping;
        this.#lease.stop();
        keeping.begin();
        this.#rooms.kept();
        return Promise.resolve();
      }
    }
  }

  /** Leaves a block: as `release`, but a release without an answer is no failure of the work. */
  leave(): Promise<void> {
    return this.release().catch((error: unknown) => {
      if (error instanceof LockLostError) throw error;
    });
  }

  /** The grant has been told to others, or by others, who may take part in it. */
  share(): void {
    this.#isShared = true;
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
    return this.#settle(this.#rooms.context.commandTimeout);
  }

  /** Ends belief, and tells whoever works under the lock. Final. */
  lose(reason: LostReason, holder?: Holder): void {
    if (this.#endBelief(reason, holder, undefined)) this.tellLoss();
  }

  /**
   * One that was taken together with it was lost: ends belief, and gives the lock back. Who works under
   * it is told by `tellLoss`. False: it was not held any more.
   */
  loseWith(other: Hold): boolean {
    const reason = (other.#state as Lost).loss.reason === 'closed' ? 'closed' : 'together';
    if (!this.#endBelief(reason, undefined, other)) return false;
    if (this.#isEarly) {
      const keeping = this.#keep();
      keeping.begin();
      void keeping.leave();
    } else void this.#settle(Math.max(this.#lease.end - this.#rooms.context.clock.now(), 0));
    return true;
  }

  /** Belief has ended. */
  tellLoss(): void {
    const { loss } = this.#state as Lost;
    this.#publish(loss);
    this.#controller?.abort(this.#errorOf(loss));
  }

  #publish({ reason, holder, facts }: Loss): void {
    if (lossTopic.heard) lossTopic.publish({ ...this.identity, reason, holder, facts });
  }

  #endBelief(reason: LostReason, holder: Holder | undefined, other: Hold | undefined): boolean {
    if (this.#state.kind !== 'held') return false;
    const loss = this.#lossBy(reason, holder, other);
    this.#state = { kind: 'lost', loss, reported: false };
    this.#lease.stop();
    if (reason === 'gone' || reason === 'taken') this.#rooms.over(this, holder);
    this.#rooms.ended(this);
    return true;
  }

  /** The clocks went on without the timers: its deadline may have passed. */
  expireIfDue(): void {
    if (this.#state.kind !== 'held') return;
    const { over } = this.#lease;
    if (over !== undefined) this.lose(over);
  }

  /**
   * One error for all who ask. Made for the first of them: a server that goes away can take 100,000
   * locks with it, and a stack for each would stop the event loop for seconds.
   */
  #errorOf({ reason, holder, facts, with: other }: Loss): LockLostError {
    if (this.#lossError === undefined) {
      const failure = facts?.suspect === 'server' ? this.#lease.failure : undefined;
      const cause = failure?.error.of(this.name, 'renew') ?? other?.loss;
      const options = { holder, facts, ...(cause && { cause }) };
      this.#lossError = new LockLostError(this.name, reason, this.fencingToken, options);
    }
    return this.#lossError;
  }

  /** Of a loss that is noticed now. Of one that we have brought about there is nothing to be found out. */
  #lossBy(reason: LostReason, holder: Holder | undefined, other: Hold | undefined): Loss {
    const ours = reason === 'closed' || reason === 'together';
    const facts = ours ? undefined : this.#lease.factsOfLoss(reason, this.#since);
    const known = lockHolderOf(holder, this.#rooms.context.lockerId);
    return { reason, with: other, holder: known, facts };
  }

  /** Gives back what the server may still keep of this grant, within `time` ms. */
  #settle(time: number): Promise<void> {
    const operation = new Release(this.key, this.token, this.fencingToken);
    return this.#rooms.settlements.settle({ operation, time, after: this.#lease.renewal });
  }

  /** Whether the lock must not be given back yet. */
  get #isEarly(): boolean {
    return this.#atLeast > 0 && this.#rooms.context.clock.now() < this.#since + this.#atLeast;
  }

  #keep(): Keeping {
    const { key, identity } = this;
    const { end, renewal } = this.#lease;
    const kept = { key, identity, until: this.#since + this.#atLeast, end, renewal };
    return new Keeping(this.#rooms.context, kept, (how, holder) => {
      // What a closing locker leaves behind is nobody's any more.
      if (this.#state.kind !== 'keeping') return;
      if (how === 'gone') this.#forget(holder);
      // Its time is over: if the lock is gone already, its owner has lost nothing.
      else this.#letGo((answer) => this.#onReleased({ ...answer, repeated: true })).catch(() => {});
    });
  }

  #letGo(onAnswer = (answer: Answer<ReleaseOperation>) => this.#onReleased(answer)): Promise<void> {
    const releasing = new Releasing(onAnswer, (failure) => this.#onRefused(failure));
    this.#state = releasing;
    this.#lease.stop();
    this.#rooms.over(this);
    this.#giveBack(releasing);
    return releasing.done;
  }

  // Not an async function: its frame would be the largest thing that an acquisition allocates.
  #giveBack(releasing: Releasing): void {
    const { context } = this.#rooms;
    context.keepAlive.enter();
    const until = context.clock.now() + context.commandTimeout;
    const { renewal } = this.#lease;
    if (renewal === undefined) this.#ask(until, releasing);
    else void renewal.then(() => this.#ask(until, releasing));
  }

  #ask(until: number, releasing: Releasing): void {
    const { key, token, fencingToken } = this;
    const release = new Release(key, token, fencingToken);
    // What was kept has a lease that is longer than the one that its owner knew.
    const end = Math.max(this.#lease.end, this.#atLeast > 0 ? until : 0);
    const effort = {
      urgency: 'giving back',
      until: Math.min(until, end),
      worthUntil: end,
    } as const;
    persist(this.#rooms.context, release, effort, releasing);
  }

  /** Says what the owner is to be told; undefined: nothing but that it is done. */
  #onReleased({ outcome, repeated }: Answer<ReleaseOperation>): Error | undefined {
    this.#end();
    // After an attempt without an answer, "lost" can be the echo of our own release.
    if (outcome.kind === 'lost' && !repeated) {
      const { holder } = outcome;
      const loss = this.#lossBy(holder === undefined ? 'gone' : 'taken', holder, undefined);
      this.#publish(loss);
      return this.#errorOf(loss);
    }
    const { settlements, context } = this.#rooms;
    if (outcome.kind === 'released' && outcome.more) settlements.advance(this.key);
    if (releaseTopic.heard) {
      const given = outcome.kind === 'released' ? outcome.next : undefined;
      const next = granteeOf(given, context.lockerId);
      releaseTopic.publish({
        ...this.identity,
        heldFor: context.clock.now() - this.#since,
        handedOff: next !== undefined,
        next,
      });
    }
    return undefined;
  }

  #onRefused({ error }: Failure): Error {
    this.#end();
    void this.#settle(Math.max(this.#lease.end - this.#rooms.context.clock.now(), 0));
    const cause = error.of(this.name, 'release');
    if (releaseUnansweredTopic.heard) {
      const blockedFor = this.#lease.blocksFor(this.#since);
      releaseUnansweredTopic.publish({ ...this.identity, blockedFor, cause });
    }
    return cause;
  }

  #forget(holder: Holder | undefined): void {
    this.#state = ENDED;
    this.#rooms.over(this, holder);
    this.#rooms.ended(this);
    if (!lossTopic.heard) return;
    this.#publish(this.#lossBy(holder === undefined ? 'gone' : 'taken', holder, undefined));
  }

  #end(): void {
    this.#state = ENDED;
    this.#rooms.ended(this);
    this.#rooms.context.keepAlive.leave();
  }
}

/** Whether the server may still keep the grant of a lock that was lost for this reason. */
function mayStay(reason: LostReason): boolean {
  return reason === 'expired' || reason === 'overdue';
}
