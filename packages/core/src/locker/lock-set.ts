import { leaving } from '../engine/hold/leaving.js';
import type { HoldSet } from '../engine/several/hold-set.js';
import type { Clock } from '../runtime/clock.js';
import type { Duration } from '../runtime/duration.js';
import { parseTtl } from './acquire-options.js';
import { INSPECT, type Inspect, inspected } from './inspect.js';
import { Lock, type LockJSON } from './lock.js';
import type { Follower } from './tracing/follower.js';

/** Locks that travel together to another process; see `LockSet.handOver` and `locker.adopt`. */
export interface LockSetJSON {
  readonly locks: readonly LockJSON[];
}

/**
 * Several locks that were acquired as one, by `locker.acquire` with a list of names. They are one
 * lease: when one of them is lost, all are, and those that were left are given back.
 *
 * @example Move money between two accounts, in whichever order others name them
 * ```ts
 * await using both = await locker.acquire(['account:1', 'account:2'], { waitTimeout: '2s' });
 * await transfer('account:1', 'account:2', { signal: both.signal });
 * ```
 */
export class LockSet implements AsyncDisposable {
  /** The names that were asked for, in that order. */
  readonly names: readonly string[];
  readonly #set: HoldSet;
  #locks: ReadonlyMap<string, Lock> | undefined;
  /**
   * Undefined: nobody listens.
   *
   * @internal
   */
  follower: Follower | undefined;

  /** @internal */
  constructor(set: HoldSet, names: readonly string[]) {
    this.#set = set;
    this.names = names;
  }

  /**
   * Each of them as a lock of its own, by its name; above all for its fencing token. What is given back
   * or handed over by itself is not held any more, and so the set is not, either; the others stay
   * as they are until the set is released.
   */
  get locks(): ReadonlyMap<string, Lock> {
    if (this.#locks === undefined) {
      const holds = new Map(this.#set.holds.map((hold) => [hold.name, new Lock(hold)]));
      this.#locks = new Map(this.names.map((name) => [name, holds.get(name) as Lock]));
    }
    return this.#locks;
  }

  /**
   * By which their leases run out.
   *
   * @internal
   */
  get clock(): Clock {
    return this.#set.context.clock;
  }

  /** Whether the holder may still believe that it holds all of them, judged now. */
  get held(): boolean {
    return this.#set.held;
  }

  /** Milliseconds until the first of their deadlines; 0 when one of them is not held. */
  get remaining(): number {
    return this.#set.remaining;
  }

  /** How long the shortest of the leases lasts without renewal, in ms. */
  get ttl(): number {
    return this.#set.ttl;
  }

  /**
   * Aborts when the first of them is lost or its deadline passes, once, with a {@link LockLostError}
   * that names it. The others are given back then. A normal release does not abort it.
   */
  get signal(): AbortSignal {
    return this.#set.signal;
  }

  /**
   * Extends all leases to `ttl` from now, and renews with this ttl from then on. Default: the ttl of
   * each.
   *
   * @throws {LockLostError} if one of them is not held any more.
   * @throws {RedisUnreachableError} if no answer came in time; those are held until their deadlines.
   */
  async renew(ttl?: Duration): Promise<void> {
    await this.#set.renew(ttl === undefined ? undefined : parseTtl(ttl));
  }

  /**
   * Gives all of them back, in one round trip. Calling it again does nothing. From the call on none of
   * them is `held`.
   *
   * @throws {LockLostError} if one of them had already been lost; somebody else may have held it
   *   meanwhile.
   * @throws {RedisUnreachableError} if no answer came in time. The work was protected; what was not
   *   given back is when Redis answers again, or runs out by itself.
   * @throws {RedisRefusedError} if Redis answered with an error. The work was protected.
   */
  release(): Promise<void> {
    const released = this.#set.release();
    return this.follower?.releasing(released, this.#set) ?? released;
  }

  /**
   * Keeps all of them for at least so many ms from now, as the option `holdAtLeast` does.
   *
   * @internal
   */
  keepFor(time: number): void {
    this.#set.keepFor(time);
  }

  /**
   * Leaves the block of `await using`: as {@link LockSet.release}, but a release without an answer is
   * no failure of the work; it is told on the channel `holdfast:release-unanswered`.
   *
   * @throws {LockLostError} if one of them had been lost: the work may not have been protected.
   */
  [Symbol.asyncDispose](): Promise<void> {
    return leaving(this.release());
  }

  /**
   * Gives this handle up without giving the locks back, and returns what another process needs to go
   * on with `locker.adopt`, within what {@link LockSet.remaining} tells.
   *
   * @throws {LockLostError} if one of them is not held any more. Then nothing is handed over.
   */
  handOver(): LockSetJSON {
    this.#set.assertHeld();
    const locks = [...this.locks.values()].map((lock) => lock.toBeHandedOver());
    this.#set.handOver();
    this.follower?.handedOver();
    return { locks };
  }

  /**
   * What another process needs to take part in this acquisition with `locker.adopt`, while this
   * handle goes on, too. Losing one is losing all in both of them.
   */
  toJSON(): LockSetJSON {
    return { locks: [...this.locks.values()].map((lock) => lock.toJSON()) };
  }

  /**
   * What `console.log` and `util.inspect` show.
   *
   * @internal
   */
  [INSPECT](depth: number, options: object, inspect: Inspect): string {
    const { names, held } = this;
    const shown = { names, held, remaining: Math.round(this.remaining) };
    return inspected('LockSet', depth, () => inspect(shown, options));
  }
}
