import { LockLostError } from '../../errors.js';
import type { Holder } from '../../store/port.js';
import type { Context } from '../context.js';
import type { Hold, HoldRooms } from '../hold/hold.js';
import type { Settlements } from '../settlements.js';

/** `by`: the one that was lost first. `ended`: given back or handed over. */
type State =
  | { readonly kind: 'held' }
  | { readonly kind: 'lost'; readonly by: Hold; readonly reported: boolean }
  | { readonly kind: 'releasing'; readonly done: Promise<void> }
  | { readonly kind: 'ended' };

const HELD: State = { kind: 'held' };
const ENDED: State = { kind: 'ended' };

/**
 * Locks that are held as one: the first that is lost ends belief in all of them, and the others are
 * given back. While they are still being taken, one after the other, this holds as well.
 *
 * The members have it around them: it is from there that a loss is noticed.
 */
export class HoldSet implements HoldRooms {
  readonly context: Context;
  readonly settlements: Settlements;
  readonly #rooms: HoldRooms;
  readonly #onLost: (() => void) | undefined;
  readonly #holds: Hold[] = [];
  #state: State = HELD;
  #controller: AbortController | undefined;

  /** `onLost`: belief in all of them has ended; nobody else has been told yet. */
  constructor(rooms: HoldRooms, onLost?: () => void) {
    this.context = rooms.context;
    this.settlements = rooms.settlements;
    this.#rooms = rooms;
    this.#onLost = onLost;
  }

  /** @inheritDoc HoldRooms.over */
  over(hold: Hold, holder?: Holder): void {
    this.#rooms.over(hold, holder);
  }

  /** @inheritDoc HoldRooms.kept */
  kept(): void {
    this.#rooms.kept();
  }

  /** @inheritDoc HoldRooms.ended */
  ended(hold: Hold): void {
    this.#rooms.ended(hold);
    if (hold.isLost) this.#lose(hold);
  }

  get holds(): readonly Hold[] {
    return this.#holds;
  }

  get held(): boolean {
    return this.#state.kind === 'held' && this.#holds.every(({ held }) => held);
  }

  /** Of the lease that ends first, in ms. */
  get remaining(): number {
    if (this.#state.kind !== 'held') return 0;
    return Math.min(...this.#holds.map(({ remaining }) => remaining));
  }

  /** Of the lease that was asked for the shortest time, in ms. */
  get ttl(): number {
    return Math.min(...this.#holds.map(({ ttl }) => ttl));
  }

  get isLost(): boolean {
    return this.#state.kind === 'lost';
  }

  /** Its owner is done, and the time of one of them has not come. */
  get isKept(): boolean {
    return this.#holds.some(({ isKept }) => isKept);
  }

  get signal(): AbortSignal {
    this.#expireIfDue();
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#state.kind === 'lost') this.#controller.abort(this.#state.by.loss);
    }
    return this.#controller.signal;
  }

  /** One that has this set around it. */
  add(hold: Hold): void {
    this.#holds.push(hold);
    if (this.#state.kind === 'lost' && hold.loseWith(this.#state.by)) hold.tellLoss();
  }

  /** None of them is given back before so many ms have passed from now. */
  keepFor(time: number): void {
    for (const hold of this.#holds) hold.keepFor(time);
  }

  /** From now on they are renewed only if their owner asks for it. */
  stopRenewing(): void {
    for (const hold of this.#holds) hold.stopRenewing();
  }

  /** @throws {LockLostError} for the first of them that is not held any more. */
  assertHeld(): void {
    this.#expireIfDue();
    if (this.#state.kind === 'lost') throw this.#state.by.loss;
    for (const hold of this.#holds) hold.assertHeld();
  }

  /**
   * Extends all leases now; without a ttl, each by its own.
   *
   * @throws {LockLostError} if one of them is not held any more.
   * @throws {RedisUnreachableError} if there is one without an answer.
   */
  async renew(ttl: number | undefined): Promise<void> {
    this.assertHeld();
    const ending = new Ending(this.#holds.length);
    for (const hold of this.#holds) ending.await(hold.renew(ttl ?? hold.ttl));
    await ending.done;
  }

  /**
   * Gives all of them back, in one batch. The first call says how that went; later calls do nothing.
   *
   * @throws {LockLostError} if one of them had been lost before.
   * @throws {RedisUnreachableError} if there is one without an answer: it runs out by itself.
   */
  release(): Promise<void> {
    this.#expireIfDue();
    const state = this.#state;
    switch (state.kind) {
      case 'releasing':
        return state.done;
      case 'ended':
        return Promise.resolve();
      case 'lost':
        if (state.reported) return Promise.resolve();
        this.#state = { ...state, reported: true };
        // The work is over: nothing that the server may still keep of it is needed.
        state.by.release().catch(() => {});
        return Promise.reject(state.by.loss);
      case 'held': {
        const ending = new Ending(this.#holds.length, () => {
          this.#state = ENDED;
        });
        this.#state = ending;
        for (const hold of this.#holds) ending.await(hold.release());
        return ending.done;
      }
    }
  }

  /** Nobody ever believed in them: gives back what there is. Never rejects. */
  async giveBack(): Promise<void> {
    await this.release().catch(() => {});
  }

  /** Ends this handle and leaves the locks as they are, those that are still held. */
  letGo(): void {
    this.#state = ENDED;
    for (const hold of this.#holds) if (hold.held) hold.handOver();
  }

  /**
   * Ends this handle and leaves the locks as they are, for whoever adopts them.
   *
   * @throws {LockLostError} if one of them is not held any more.
   */
  handOver(): void {
    this.assertHeld();
    this.letGo();
  }

  #expireIfDue(): void {
    for (const hold of this.#holds) hold.expireIfDue();
  }

  /** The states of all come first, then those who work under them are told. */
  #lose(by: Hold): void {
    if (this.#state.kind !== 'held') return;
    this.#state = { kind: 'lost', by, reported: false };
    const others = this.#holds.filter((hold) => hold.loseWith(by));
    this.#onLost?.();
    for (const hold of others) hold.tellLoss();
    this.#controller?.abort(by.loss);
  }
}

/**
 * The end of what is done with each of them: `done` resolves when all have succeeded; else it rejects
 * when all are over, with a loss if there is one.
 */
class Ending {
  readonly kind = 'releasing';
  readonly done: Promise<void>;
  readonly #onEnd: (() => void) | undefined;
  readonly #reasons: unknown[] = [];
  #open: number;
  #resolve!: () => void;
  #reject!: (reason: unknown) => void;

  constructor(count: number, onEnd?: () => void) {
    this.#open = count;
    this.#onEnd = onEnd;
    this.done = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    if (count === 0) this.#end();
  }

  await(work: Promise<void>): void {
    work.then(
      () => this.#over(),
      (reason: unknown) => {
        this.#reasons.push(reason);
        this.#over();
      },
    );
  }

  #over(): void {
    this.#open -= 1;
    if (this.#open === 0) this.#end();
  }

  #end(): void {
    this.#onEnd?.();
    const reasons = this.#reasons;
    if (reasons.length === 0) this.#resolve();
    else this.#reject(reasons.find((one) => one instanceof LockLostError) ?? reasons[0]);
  }
}
