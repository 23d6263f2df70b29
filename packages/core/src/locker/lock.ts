import type { Hold } from '../engine/hold/hold.js';
import { leaving } from '../engine/hold/leaving.js';

import type { Clock } from '../runtime/clock.js';
import type { Duration } from '../runtime/duration.js';
import type { Follower } from './tracing/follower.js';
import { parseTtl } from './acquire-options.js';
import { type LockMode, modeOf } from './mode.js';
import { INSPECT, type Inspect, inspected } from './inspect.js';

/** A lock as it travels to another process; see `Lock.handOver` and `locker.adopt`. */
export interface LockJSON {
  readonly name: string;
  readonly token: string;
  readonly fencingToken: number;
  /** Milliseconds. */
  readonly ttl: number;
  /** Only of a lock that is not held exclusively. */
  readonly mode?: Exclude<LockMode, 'exclusive'>;
  /** Only of one that is limited. */
  readonly limit?: number;
  /** Only of one that is limited. */
  readonly weight?: number;
  /**
   * Only of one that was handed over, with a `grace`: when its lease ends, in milliseconds of the server's
   * time. Without it, a lock that was lost with the server's data is not reclaimed.
   */
  readonly leaseEnd?: number;
}

/**
 * One acquisition of a lock. It is a lease: it ends at its deadline unless it is renewed.
 *
 * @example Charge an order once
 * ```ts
 * await using lock = await locker.acquire('order:42', { waitTimeout: '2s' });
 * await charge(order, { signal: lock.signal, fencingToken: lock.fencingToken });
 * ```
 */
export class Lock implements AsyncDisposable {
  readonly #hold: Hold;
  /**
   * Undefined: nobody listens.
   *
   * @internal
   */
  follower: Follower | undefined;

  /** @internal */
  constructor(hold: Hold) {
    this.#hold = hold;
  }

  /**
   * What `web-locks` stands on: the end of the question whether it was taken away; undefined: nobody has
   * said so. Never rejects.
   *
   * @internal
   */
  get doubt(): Promise<void> | undefined {
    return this.#hold.doubt;
  }

  /** The name that was asked for, without the key prefix. */
  get name(): string {
    return this.#hold.name;
  }

  /** The owner token: unique for this acquisition. */
  get token(): string {
    return this.#hold.token;
  }

  /**
   * A safe integer that rises with every grant of this lock. Pass it to the resource, and let the
   * resource refuse a token that is lower than the highest it has seen. That is for exclusive locks:
   * those who share a lock have tokens of their own, and the lower ones are as good.
   *
   * The idea: M. Kleppmann, "How to do distributed locking", 2016.
   */
  get fencingToken(): number {
    return this.#hold.fencingToken;
  }

  /** How long the lease lasts without renewal, in ms: as asked for, or by the last {@link Lock.renew}. */
  get ttl(): number {
    return this.#hold.ttl;
  }

  /** How the lock is held: alone, with others, or with others up to a {@link Lock.limit}. */
  get mode(): LockMode {
    return modeOf(this.#hold.room);
  }

  /** The limit that was asked for; undefined: none was. */
  get limit(): number | undefined {
    return this.mode === 'limited' ? this.#hold.room?.limit : undefined;
  }

  /** What this lock takes of its limit; 1 where there is none. */
  get weight(): number {
    return this.#hold.room?.weight ?? 1;
  }

  /** Whether the holder may still believe, judged now against the deadline. */
  get held(): boolean {
    return this.#hold.held;
  }

  /** Milliseconds until the deadline; 0 when the lock is not held. Renewal moves it. */
  get remaining(): number {
    return this.#hold.remaining;
  }

  /**
   * Aborts with a {@link LockLostError} when the lock is lost or its deadline passes. A normal
   * release does not abort it. Work that obeys it fails in many shapes: see `isLockLost`. Waiting for
   * it keeps no process alive: a program that does nothing else ends, with exit code 13.
   */
  get signal(): AbortSignal {
    return this.#hold.signal;
  }

  /**
   * Extends the lease to `ttl` from now, and renews with this ttl from then on. A lease is never
   * shortened. Default: the ttl of the acquisition.
   *
   * @throws {LockLostError} if the lock is not held any more.
   * @throws {RedisUnreachableError} if no answer came in time; the lock is still held until its
   *   deadline.
   */
  async renew(ttl?: Duration): Promise<void> {
    await this.#hold.renew(ttl === undefined ? this.#hold.ttl : parseTtl(ttl));
  }

  /**
   * Gives the lock back and hands it to the next waiter. Calling it again does nothing. From the
   * call on the lock is not `held`. If it was acquired with `holdAtLeast` and that time is not over,
   * the lock is given back when it is, behind the caller's back.
   *
   * @throws {LockLostError} if the lock had already been lost; somebody else may have held it
   *   meanwhile.
   * @throws {RedisUnreachableError} if no answer came in time. The work was protected; the lock is
   *   given back when Redis answers again, or runs out by itself.
   * @throws {RedisRefusedError} if Redis answered with an error. The work was protected.
   */
  release(): Promise<void> {
    const released = this.#hold.release();
    return this.follower?.releasing(released, this.#hold) ?? released;
  }

  /**
   * By which its lease runs out.
   *
   * @internal
   */
  get clock(): Clock {
    return this.#hold.clock;
  }

  /**
   * Keeps the lock for at least so many ms from now, as the option `holdAtLeast` does.
   *
   * @internal
   */
  keepFor(time: number): void {
    this.#hold.keepFor(time);
  }

  /**
   * Leaves the block of `await using`: as {@link Lock.release}, but a release without an answer is
   * no failure of the work; it is told on the channel `holdfast:release-unanswered`.
   *
   * @throws {LockLostError} if the lock had been lost: the work may not have been protected.
   */
  [Symbol.asyncDispose](): Promise<void> {
    return leaving(this.release());
  }

  /**
   * Gives this handle up without giving the lock back, and returns what another process needs to go
   * on with `locker.adopt`, within what remains of the lease. From here the lock is not renewed and
   * not released any more, not at the end of a block and not by `locker.close()`; a `holdAtLeast`
   * ends with this handle.
   *
   * @example Another process goes on
   * ```ts
   * const lock = await locker.acquire('video:7', { ttl: '1m' });
   * const message = JSON.stringify(lock.handOver());
   *
   * await using adopted = await otherLocker.adopt(JSON.parse(message));
   * ```
   *
   * @throws {LockLostError} if the lock is not held any more.
   */
  handOver(): LockJSON {
    const json = this.toBeHandedOver();
    this.#hold.handOver();
    this.follower?.handedOver();
    return json;
  }

  /**
   * What another process needs to take part in this acquisition with `locker.adopt`, while this
   * handle goes on, too.
   */
  toJSON(): LockJSON {
    this.#hold.share();
    return this.#json();
  }

  /**
   * As `handOver`, which is to follow.
   *
   * @internal
   */
  toBeHandedOver(): LockJSON {
    const { leaseEnd } = this.#hold;
    return leaseEnd === undefined ? this.#json() : { ...this.#json(), leaseEnd };
  }

  #json(): LockJSON {
    const { name, token, fencingToken, ttl } = this.#hold;
    const { mode, limit, weight } = this;
    const json = { name, token, fencingToken, ttl };
    if (mode === 'exclusive') return json;
    return limit === undefined ? { ...json, mode } : { ...json, mode, limit, weight };
  }

  /**
   * What `console.log` and `util.inspect` show.
   *
   * @internal
   */
  [INSPECT](depth: number, options: object, inspect: Inspect): string {
    const { name, token, fencingToken, held } = this.#hold;
    const remaining = Math.round(this.#hold.remaining);
    const { mode } = this;
    const how = mode === 'exclusive' ? {} : { mode };
    const shown = { name, token, fencingToken, held, remaining, ...how };
    return inspected('Lock', depth, () => inspect(shown, options));
  }
}
