import { type Duration, parseDuration, show } from '../runtime/duration.js';
import type { Engine } from '../engine/engine.js';
import type { Hold, HoldTerms } from '../engine/hold/hold.js';
import { Inspecting } from '../engine/inspecting.js';
import { AcquireTimeoutError, ForeignDataError, LockerClosedError } from '../errors.js';
import { assertNoSelfWait } from './context/join.js';
import { runUnder } from './context/run-under.js';
import { type Take, UsingCall } from './context/using-call.js';
import { INSPECT, type Inspect, inspected } from './inspect.js';
import {
  type InspectOptions,
  type ListOptions,
  resolveInspectOptions,
  resolveListOptions,
} from './inspect-options.js';
import type { LockInspection } from './inspection.js';
import { toldLock, toldLocks } from './told-lock.js';
import { campaignTerms, type Campaign, type LeaderWork, Leads, type LeadOptions } from './lead.js';
import { Lock, type LockJSON } from './lock.js';
import { type Acquisition, isLockSetJson, parseLockJson, parseLockSetJson } from './lock-json.js';
import { LockSet, type LockSetJSON } from './lock-set.js';
import { type PlatformRequest, requestTerms } from './platform-request.js';
import { type LockRequest, parseRequests } from './requested.js';
import { readOwner } from '../store/owner.js';
import type { GraceSought } from '../store/view.js';
import { isTraced, traced } from './tracing/trace.js';
import {
  type AcquireOptions,
  assertOptions,
  type HoldOptions,
  lockKey,
  type ResolvedAcquireOptions,
  type ResolvedHoldOptions,
  type ResolvedUsingOptions,
  resolveAcquireOptions,
  resolveAdoptOptions,
  resolveTryAcquireOptions,
  resolveUsingOptions,
  type TryAcquireOptions,
  type UsingOptions,
} from './acquire-options.js';
import { asksFor, setRoomByDefault } from './mode.js';

type Body<H, T> = (held: H) => T | PromiseLike<T>;
/** Options of `locker.close`. */
export interface CloseOptions {
  /**
   * How long those that hold locks may go on, to finish and to release them. Default 0: they are told
   * at once, through their signals.
   */
  readonly drain?: Duration | undefined;
}

/**
 * Takes locks. One per process and Redis is enough: it shares its connections and its timer among
 * all locks. Made by `createLocker`.
 */
export class Locker implements AsyncDisposable {
  readonly #engine: Engine;
  readonly #inspecting: Inspecting;
  readonly #keyPrefix: string;
  readonly #defaults: ResolvedAcquireOptions;
  readonly #usingDefaults: ResolvedUsingOptions;
  readonly #take: Take<string, Lock> = (name, options) => this.#acquire(name, options);
  readonly #leads = new Leads(this);

  /** @internal */
  constructor(engine: Engine, keyPrefix: string, defaults: ResolvedAcquireOptions) {
    this.#engine = engine;
    this.#inspecting = new Inspecting(engine.context);
    this.#keyPrefix = keyPrefix;
    this.#defaults = defaults;
    this.#usingDefaults = { ...defaults, reentrant: true };
    setRoomByDefault(this, defaults.room);
  }

  /** Whom the tokens of this locker name: as `createLocker` was told, or host name and process id. */
  get owner(): string {
    return readOwner(this.#engine.owner);
  }

  /**
   * Waits for several locks and holds them as one: all of them, or none. Whatever the order in which
   * callers write the names, they never wait for each other in a circle.
   *
   * If all are free and nobody waits for them, they are taken in one round trip. Else they are taken one
   * after the other, in the order of their keys, each by waiting in its line; those that it has are kept
   * from others meanwhile. `waitTimeout` is for all of it, `ttl` for each lease. `mode`, `limit` and
   * `weight` are for all of them that have none of their own; with one that is not held exclusively,
   * all are taken one after the other, in a round trip each.
   *
   * @example Both accounts, or none
   * ```ts
   * await using both = await locker.acquire(['account:1', 'account:2'], { waitTimeout: '2s' });
   * await transfer('account:1', 'account:2', { signal: both.signal });
   * ```
   *
   * @example An order alone, while nobody moves its tenant
   * ```ts
   * const names = [{ name: 'tenant:7', mode: 'shared' }, 'tenant:7/order:42'] as const;
   * await using locks = await locker.acquire(names);
   * ```
   *
   * @throws {AcquireTimeoutError} if one of them, `lockName`, stayed busy. Nothing is held.
   * @throws {TypeError | RangeError} for an empty list, a name that is in it twice, or more than 64 names,
   *   before anything is sent.
   * @throws what a call for one lock throws. Nothing is held.
   */
  acquire(names: readonly (string | LockRequest)[], options?: AcquireOptions): Promise<LockSet>;
  /**
   * Waits for the lock, in the order of arrival, and holds it until it is released or lost.
   *
   * @example Only one process rebuilds the cache
   * ```ts
   * await using lock = await locker.acquire('cache:prices', { ttl: '10s', waitTimeout: '1m' });
   * await rebuild({ signal: lock.signal });
   * ```
   *
   * @example Readers together, or five at a time
   * ```ts
   * await using reader = await locker.acquire('report', { mode: 'shared' });
   * await using permit = await locker.acquire('api:stripe', { limit: 5 });
   * ```
   *
   * @throws {LockReentryError} if the call runs under this lock already, in a callback of `using` or a
   *   method with `@Locked`, and would wait for itself. That lock stays.
   * @throws {AcquireTimeoutError} if the lock stayed busy for `waitTimeout`. Nothing is held.
   * @throws {LineFullError} if the lock is busy, and `maxWaiting` others wait for it. Nothing is held.
   * @throws {RedisUnreachableError} if Redis gave no answer within `commandTimeout`; with
   *   `onOutage: 'wait'`, if `waitTimeout` ended in an outage. If it granted the lock all the same, it is
   *   given back, at the latest by its ttl. Who already stands in line when Redis goes away keeps
   *   waiting for it up to 5 s longer.
   * @throws {RedisRefusedError} if Redis answered with an error. Nothing is held.
   * @throws {ForeignDataError} if the lock key, or one that stands beside it for those who share the
   *   lock, holds another data type. Nothing is touched.
   * @throws {LockerClosedError} if the locker is or was closed meanwhile. Nothing is held.
   * @throws {TypeError | RangeError} for a bad name or option, before anything is sent.
   * @throws the reason of `signal`, if it was aborted. Nothing is held.
   */
  acquire(name: string, options?: AcquireOptions): Promise<Lock>;
  acquire(
    asked: string | readonly (string | LockRequest)[],
    options?: AcquireOptions,
  ): Promise<Lock | LockSet> {
    // Not an async function: its frame would be kept until the lock is there.
    try {
      const resolved = resolveAcquireOptions(options, this.#defaults);
      if (isList(asked)) return this.#acquireAll('acquire', asked, resolved);
      if (resolved.waitTimeout > 0) assertNoSelfWait(this, asked);
      return this.#acquire(asked, resolved);
    } catch (error) {
      // oxlint-disable-next-line prefer-promise-reject-errors -- the reason of a signal can be anything
      return Promise.reject(error);
    }
  }

  /** Takes several locks as one if all of them are free; null if one is busy. */
  tryAcquire(
    names: readonly (string | LockRequest)[],
    options?: TryAcquireOptions,
  ): Promise<LockSet | null>;
  /**
   * Takes the lock if it is free; null if it is busy. Throws as `acquire` does, except for a
   * busy lock.
   *
   * @example
   * ```ts
   * await using lock = await locker.tryAcquire('job:nightly', { holdAtLeast: '10m' });
   * if (lock) await runNightlyJob();
   * ```
   */
  tryAcquire(name: string, options?: TryAcquireOptions): Promise<Lock | null>;
  async tryAcquire(
    asked: string | readonly (string | LockRequest)[],
    options?: TryAcquireOptions,
  ): Promise<Lock | LockSet | null> {
    const resolved = resolveTryAcquireOptions(options, this.#defaults);
    try {
      if (isList(asked)) return await this.#acquireAll('tryAcquire', asked, resolved);
      return await this.#acquire(asked, resolved);
    } catch (error) {
      // A signal can be aborted with anything, also with the error of another acquire.
      const aborted = resolved.signal?.aborted === true && resolved.signal.reason === error;
      if (error instanceof AcquireTimeoutError && !aborted) return null;
      throw error;
    }
  }

  /** Runs the callback under several locks that are held as one. */
  using<T>(
    names: readonly (string | LockRequest)[],
    body: (locks: LockSet) => T | PromiseLike<T>,
  ): Promise<T>;
  using<T>(
    names: readonly (string | LockRequest)[],
    options: UsingOptions | undefined,
    body: (locks: LockSet) => T | PromiseLike<T>,
  ): Promise<T>;
  /**
   * Runs the callback under the lock and resolves with its result.
   *
   * A call that runs under this lock of this locker already, in the same async context, joins it, and
   * does not wait for itself: inside another `using`, or a method with `@Locked`. Calls that have
   * joined are not excluded from each other, and the last of them to settle gives the lock back. With a
   * longer `ttl` the lease is extended first; with `renew: true` the lock is renewed meanwhile.
   *
   * @example What is called by others, and by itself
   * ```ts
   * async function ship(id: number): Promise<string> {
   *   return locker.using(`order:${id}`, () => `shipped ${id}`);
   * }
   *
   * await locker.using('order:42', () => ship(42));
   * ```
   *
   * @throws what `acquire` throws; the callback is not called then.
   * @throws what the callback throws, unchanged, whatever became of the lock.
   * @throws {LockLostError} if the lock had been lost before the end of the callback, and this
   *   succeeded or failed with the `AbortError` of `lock.signal`, which is the `cause` then; or before
   *   its beginning, if it was to join.
   * @throws {LockReentryError} if it runs under this lock already, with `reentrant: false`, or if it asks
   *   for more than is held there: for the lock alone, and it is shared.
   * @throws {RangeError} for a recursion without end: when 10,000 calls run in each other.
   */
  using<T>(name: string, body: (lock: Lock) => T | PromiseLike<T>): Promise<T>;
  using<T>(
    name: string,
    options: UsingOptions | undefined,
    body: (lock: Lock) => T | PromiseLike<T>,
  ): Promise<T>;
  using<T>(
    asked: string | readonly (string | LockRequest)[],
    ...rest: [body: Body<never, T>] | [options: UsingOptions | undefined, body: Body<never, T>]
  ): Promise<T> {
    try {
      const [options, work] = rest.length === 1 ? [undefined, rest[0]] : rest;
      if (typeof work !== 'function') {
        throw new TypeError(`using: ${show(work)} is not a function.`);
      }
      const resolved =
        options === undefined ? this.#usingDefaults : resolveUsingOptions(options, this.#defaults);
      if (!isList(asked)) {
        const body = work as Body<Lock, T>;
        return runUnder(this, new UsingCall(asked, options ?? {}, resolved, this.#take, body));
      }
      const { room } = resolved;
      const locks = parseRequests('using', this.#keyPrefix, asked, room);
      const names = locks.map(({ name }) => name);
      const asks = new Map(locks.map((lock) => [lock.name, asksFor(lock.room)]));
      const body = work as Body<LockSet, T>;
      const takeAll: Take<typeof names, LockSet> = () => this.#acquireAll('using', asked, resolved);
      const call = new UsingCall(names, options ?? {}, resolved, takeAll, body, asks);
      return runUnder(this, call);
    } catch (error) {
      // oxlint-disable-next-line prefer-promise-reject-errors -- the reason of a signal can be anything
      return Promise.reject(error);
    }
  }

  /**
   * Leads: as long as the promise is pending, one of all that call this with the same name runs its
   * work, and the others stand by. Campaigns without limit, through outages of Redis, too; leads; and
   * campaigns again when the lock is lost. It resolves
   *
   * - with the result of the work, if that returns while it leads: it has stepped down;
   * - when `signal` aborts or the locker closes, and the work has ended: with its result, or with
   *   undefined if it was not running, or failed because it was told to stop.
   *
   * The work is given the lock, and a signal that aborts when it has to stop, for whatever reason.
   * After a loss the next leader may start when the lease is over, whatever work goes on that ignores
   * the signal; here, no other begins before that has ended. Before it steps down, it is waited for,
   * and still leads. Keeps the process alive, unless the locker is closed.
   *
   * @example One of all instances sends what stands in the outbox
   * ```ts
   * const stop = new AbortController();
   * const leading = locker.lead(
   *   'outbox',
   *   async (lock, signal) => {
   *     while (!signal.aborted) await sendNext({ signal, fencingToken: lock.fencingToken });
   *   },
   *   { signal: stop.signal, ttl: '10s' },
   * );
   *
   * stop.abort();
   * await leading;
   * ```
   *
   * @throws what the work throws, unless it was told to stop and failed because of that. The lock is
   *   given back then, and somebody else leads.
   * @throws {RedisRefusedError | ForeignDataError} as `acquire` does.
   * @throws {LockReentryError} if the call runs under this lock already, and would wait for itself.
   * @throws {LockerClosedError} if the locker was closed before.
   * @throws {TypeError | RangeError} for a bad name or option.
   */
  async lead<T>(
    name: string,
    work: LeaderWork<T>,
    options: LeadOptions = {},
  ): Promise<T | undefined> {
    if (typeof work !== 'function') throw new TypeError(`lead: ${show(work)} is not a function.`);
    assertOptions('lead', options, ['signal', 'ttl', 'group']);
    const resolved = resolveTryAcquireOptions(options, this.#defaults);
    // Also where nobody campaigns, because the signal was aborted before.
    lockKey(this.#keyPrefix, name);
    if (this.#engine.state !== 'open') {
      throw new LockerClosedError({ lockName: name, operation: 'acquire' });
    }
    assertNoSelfWait(this, name, 'lead');
    const campaign: Campaign = (stop) => this.#acquire(name, campaignTerms(resolved, stop));
    return this.#engine.context.keepAlive.during(this.#leads.lead(campaign, work, resolved.signal));
  }

  /**
   * Continues an acquisition of another process: confirms it, renews it from here, and may release
   * it. Without a `ttl` it keeps that of the acquisition; `renew` is by default that of this locker.
   *
   * After `lock.handOver()` there, the lock is only here. After `lock.toJSON()`, both are holders of
   * the same acquisition: the first of them that releases it ends it for both.
   *
   * @throws {LockLostError} if the lock is not held by that acquisition any more.
   * @throws {RedisUnreachableError} if Redis gave no answer within `commandTimeout`.
   * @throws {TypeError | RangeError} if the JSON is not that of a lock.
   */
  adopt(json: LockJSON, options?: HoldOptions): Promise<Lock>;
  /**
   * The same for several locks that are held as one. If one of them is lost, the others are given back;
   * if there is one without an answer, all are left as they are.
   */
  adopt(json: LockSetJSON, options?: HoldOptions): Promise<LockSet>;
  async adopt(json: LockJSON | LockSetJSON, options?: HoldOptions): Promise<Lock | LockSet> {
    if (!isLockSetJson(json)) {
      const terms = this.#termsOf(parseLockJson(json), options);
      return traced('adopt', [terms.name], terms, () => this.#engine.adopt(terms).then(lockOf));
    }
    const all = parseLockSetJson(json).map((one) => this.#termsOf(one, options));
    const names = all.map(({ name }) => name);
    const { group } = resolveAdoptOptions(options, this.#defaults);
    return traced('adopt', names, { group }, () =>
      this.#engine.adoptAll(all).then((set) => new LockSet(set, names)),
    );
  }

  /**
   * Takes the lock from whoever holds it, from all who share it, without their tokens, and hands it to
   * the next waiter. A holder learns it at its next renewal, or at once if its process listens (see the
   * option `listen` of `createLocker`): until then both may work.
   *
   * @returns whether somebody held it.
   * @throws {RedisUnreachableError} if no answer came: it may or may not have happened.
   * @throws {ForeignDataError} if the key holds another data type. It is left alone.
   */
  async forceRelease(name: string): Promise<boolean> {
    const key = lockKey(this.#keyPrefix, name);
    const outcome = await this.#engine.forceRelease(name, key);
    if (outcome.kind === 'foreign') {
      const about = { lockName: name, operation: 'forceRelease' } as const;
      throw new ForeignDataError(outcome.key ?? key, outcome.type, about);
    }
    return outcome.kind === 'released';
  }

  /**
   * How a lock is held, by whom and for how long, and who waits for it. Changes nothing. By the time that
   * the answer is there, it may be different: to take a lock, ask for it.
   *
   * The store looks at all of it in one step, unless more of those who hold it or wait are asked for than
   * it tells in one: see {@link LockInspection}. So a line of 10,000 does not hold up anybody else.
   *
   * @example Who has it, and who comes next?
   * ```ts
   * const { holders, waiting } = await locker.inspect('order:42');
   * for (const holder of holders) console.log(holder, 'has', holder.remaining, 'ms left');
   * console.log('next:', waiting[0]?.owner);
   * ```
   *
   * @throws {RedisUnreachableError} if Redis gave no answer within `commandTimeout`.
   * @throws {RedisRefusedError} if Redis answered with an error, such as a missing right.
   * @throws {LockerClosedError} if the locker is or was closed meanwhile.
   * @throws {TypeError | RangeError} for a bad name or option, before anything is sent.
   */
  async inspect(name: string, options: InspectOptions = {}): Promise<LockInspection> {
    const key = lockKey(this.#keyPrefix, name);
    const wanted = resolveInspectOptions(options);
    const grace = this.#sought(wanted.grace);
    const pages = await this.#inspecting.inspect(name, key, wanted, grace);
    return toldLock(name, pages, this.#engine.context.lockerId, wanted.holders);
  }

  /**
   * All locks under this locker's `keyPrefix` that are held or waited for, in no particular order, each
   * as in {@link Locker.inspect}, but with at most 8 of its `holders`, and with nobody in `waiting`; the
   * counts are right. One that is held or waited for all the while is told of once; one that comes or goes
   * meanwhile may be missing.
   *
   * Goes through the keys of the whole database in pages (`SCAN`), as far as the caller asks for more.
   * A string that another program has written under the prefix is told of as a lock that is held by that.
   * With an empty prefix that would be the whole database: there it is told of only if somebody waits.
   *
   * @example What is held for longer than a minute
   * ```ts
   * for await (const { name, holders, at } of locker.list({ match: 'order:*' })) {
   *   for (const holder of holders) {
   *     if (holder.kind === 'locker' && at.getTime() - holder.since.getTime() > 60_000) {
   *       console.log(name, holder.owner);
   *     }
   *   }
   * }
   * ```
   *
   * @throws what `inspect` throws: for a bad option at once, else where it is iterated over.
   */
  list(options: ListOptions = {}): AsyncIterable<LockInspection> {
    const { match, limit, grace } = resolveListOptions(options);
    const views = this.#inspecting.list(this.#keyPrefix, match, limit, this.#sought(grace));
    return toldLocks(views, this.#keyPrefix, this.#engine.context.lockerId);
  }

  /**
   * Rejects what waits, gives back what is held, and closes the connections that were opened here.
   * What was acquired with `holdAtLeast` stays at the server until that time is over.
   * Work under a held lock is told through its signal. Takes `commandTimeout` at the longest. Never
   * rejects; calling it again waits for the same end.
   *
   * With `drain`, what holds a lock goes on until it has released it, or that time is up; it is told
   * then. Nothing new is begun meanwhile, and the process is kept alive. Calling it again can only make
   * the time shorter: without `drain`, it is over at once.
   *
   * @example At the end of a service
   * ```ts
   * process.once('SIGTERM', () => void locker.close({ drain: '10s' }));
   * ```
   *
   * @throws {TypeError | RangeError} for a bad option; nothing is closed then.
   */
  async close(options: CloseOptions = {}): Promise<void> {
    assertOptions('close', options, ['drain']);
    const { drain = 0 } = options;
    const closed = this.#engine.close(parseDuration('drain', drain, 0));
    this.#leads.stop(new LockerClosedError());
    return closed;
  }

  /** As {@link Locker.close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /**
   * What `console.log` and `util.inspect` show.
   *
   * @internal
   */
  [INSPECT](depth: number, options: object, inspect: Inspect): string {
    const { state, context } = this.#engine;
    const shown = { owner: this.owner, address: context.session.address, state };
    return inspected('Locker', depth, () => inspect(shown, options));
  }

  /**
   * What `web-locks` stands on: grants are told to this locker, and so is that a lock was taken away.
   * Never rejects: where it cannot be, that is tried again behind the caller's back.
   *
   * @internal
   */
  async listen(): Promise<void> {
    await this.#engine.listen();
  }

  /**
   * What `web-locks` stands on: waits without limit, or steals.
   *
   * @internal
   */
  async request(name: string, asked: PlatformRequest): Promise<Lock> {
    if (!asked.steals) assertNoSelfWait(this, name);
    return this.#acquire(name, requestTerms(asked, this.#defaults));
  }

  /** What is to be adopted, and how it is to be kept. */
  #termsOf(taken: Acquisition, options: HoldOptions | undefined): HoldTerms & ResolvedHoldOptions {
    const { name, token, fencingToken, ttl, leaseEnd, room } = taken;
    const { renew, maxHold, group } = this.#defaults;
    const hold = resolveAdoptOptions(options, { ttl, renew, maxHold, group });
    const key = lockKey(this.#keyPrefix, name);
    return { name, key, token, fencingToken, ...hold, leaseEnd, room };
  }

  async #acquireAll(
    method: string,
    requests: readonly unknown[],
    options: ResolvedAcquireOptions,
  ): Promise<LockSet> {
    const { signal, waitTimeout, room } = options;
    const locks = parseRequests(method, this.#keyPrefix, requests, room);
    if (waitTimeout > 0) for (const { name } of locks) assertNoSelfWait(this, name);
    if (signal?.aborted === true) throw signal.reason;
    const names = locks.map(({ name }) => name);
    return traced('acquire', names, options, () =>
      this.#engine.acquireAll(locks, options).then((set) => new LockSet(set, names)),
    );
  }

  /** Which grace is looked at. `isWanted`: undefined if nothing was said. */
  #sought(isWanted: boolean | undefined): GraceSought | undefined {
    const terms = this.#engine.context.grace?.terms;
    if (!(isWanted ?? terms !== undefined)) return undefined;
    return { scope: this.#keyPrefix, time: terms?.time };
  }

  #acquire(name: string, options: ResolvedAcquireOptions): Promise<Lock> {
    const key = lockKey(this.#keyPrefix, name);
    const { signal } = options;
    if (signal?.aborted === true) throw signal.reason;
    if (!isTraced()) return this.#engine.acquire(name, key, options).then(lockOf);
    return traced('acquire', [name], options, () =>
      this.#engine.acquire(name, key, options).then(lockOf),
    );
  }
}

function lockOf(hold: Hold): Lock {
  return new Lock(hold);
}

/** The compiler's own question does not count lists that may not be written. */
function isList<T>(asked: string | readonly T[]): asked is readonly T[] {
  return Array.isArray(asked);
}
