import { LockLostError } from '../../errors.js';
import type { Hold, HoldRooms } from '../hold/hold.js';

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
 */
export class HoldSet {
  /** For the members: it is from here that a loss is noticed. */
  readonly rooms: HoldRooms;
  readonly #onLost: () => void;
  readonly #holds: Hold[] = [];
  #state: State = HELD;
  #controller: AbortController | undefined;

  /** `onLost`: belief in all of them has ended; nobody else has been told yet. */
  constructor(rooms: HoldRooms, onLost: () => void) {
    this.#onLost = onLost;
    this.rooms = {
      context: rooms.context,
      settlements: rooms.settlements,
      kept: () => rooms.kept(),
      over: (hold, holder) => rooms.over(hold, holder),
      ended: (hold) => {
        rooms.ended(hold);
        if (hold.isLost) this.#lose(hold);
      },
    };
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

  /** Made under `rooms`. */
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
    await all(this.#holds.map((hold) => hold.renew(ttl ?? hold.ttl)));
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
        let begin!: (work: Promise<void>) => void;
        const done = new Promise<void>((resolve) => {
          begin = resolve;
        });
        this.#state = { kind: 'releasing', done };
        begin(this.#giveBack());
        return done;
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

  async #giveBack(): Promise<void> {
    try {
      await all(this.#holds.map((hold) => hold.release()));
    } finally {
      this.#state = ENDED;
    }
  }

  #expireIfDue(): void {
    for (const hold of this.#holds) hold.expireIfDue();
  }

  /** The states of all come first, then those who work under them are told. */
  #lose(by: Hold): void {
    if (this.#state.kind !== 'held') return;
    this.#state = { kind: 'lost', by, reported: false };
    const others = this.#holds.filter((hold) => hold.loseWith(by));
    this.#onLost();
    for (const hold of others) hold.tellLoss();
    this.#controller?.abort(by.loss);
  }
}

/** Resolves when all have succeeded; else rejects when all are over, with a loss if there is one. */
async function all(works: readonly Promise<void>[]): Promise<void> {
  const results = await Promise.allSettled(works);
  const reasons: unknown[] = [];
  for (const result of results) if (result.status === 'rejected') reasons.push(result.reason);
  if (reasons.length > 0) throw reasons.find((one) => one instanceof LockLostError) ?? reasons[0];
}
