import { describeHolder, type LockHolder } from './lock-holder.js';
import { type LossFacts, type LostReason, tellLoss } from './loss.js';
import { quote } from './quote.js';

/** Every `code` that an error of this package can carry. */
export type HoldfastErrorCode =
  | 'ACQUIRE_TIMEOUT'
  | 'LINE_FULL'
  | 'LOCK_LOST'
  | 'REDIS_UNREACHABLE'
  | 'REDIS_REFUSED'
  | 'REDIS_UNSUPPORTED'
  | 'NOT_REPLICATED'
  | 'GRACE_MISMATCH'
  | 'LOCKER_CLOSED'
  | 'FOREIGN_DATA'
  | 'LOCK_REENTRY'
  | 'NOT_LOCKED';

/** The call that an error is about. `tryAcquire` and `using` are an `acquire`, too. */
export type LockOperation = 'acquire' | 'renew' | 'release' | 'adopt' | 'forceRelease' | 'inspect';

/** Which call on which lock failed. */
interface About {
  readonly lockName: string;
  readonly operation: LockOperation;
}

/**
 * What all errors of this package extend.
 *
 * `instanceof` goes by a mark that every copy of this package puts on its classes: errors of another
 * copy in the same process, as package managers make them, are recognised too.
 */
abstract class Root extends Error {
  abstract readonly code: HoldfastErrorCode;
  /** The lock that was asked for. Undefined: the error is about none. */
  readonly lockName: string | undefined;
  /** The call that failed. Undefined: it was none on a lock, or the lock was lost without one. */
  readonly operation: LockOperation | undefined;

  constructor(message: string, about: Partial<About> | undefined, options?: ErrorOptions) {
    super(message, options);
    this.lockName = about?.lockName;
    this.operation = about?.operation;
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    const mark = marks.get(this);
    // A class that somebody derives has instances of its own.
    if (mark === undefined) return Function.prototype[Symbol.hasInstance].call(this, value);
    return typeof value === 'object' && value !== null && mark in value;
  }
}

/**
 * The lock stayed busy for as long as the caller was willing to wait. Nothing is held.
 */
export class AcquireTimeoutError extends Root {
  override readonly name: string = 'AcquireTimeoutError';
  readonly code = 'ACQUIRE_TIMEOUT';
  /** The lock that was asked for. */
  declare readonly lockName: string;
  /** A wait ends so, and nothing else does. */
  declare readonly operation: 'acquire';
  /** How long the caller waited, in milliseconds. */
  readonly waited: number;
  /** What the holder has left now, by what the server said last, in ms; undefined: no expiry. */
  readonly holderTtl: number | undefined;
  /** Who was in the way, as the server said last. Undefined: nobody, but a line of others. */
  readonly holder: LockHolder | undefined;
  /**
   * The server has lost its data, and nobody is granted anything for so many ms from now; see the
   * option `grace`. Undefined: that is not so, or there is no `grace`.
   */
  readonly graceRemaining: number | undefined;

  constructor(
    lockName: string,
    waited: number,
    holderTtl: number | undefined,
    holder?: LockHolder,
    graceRemaining?: number,
  ) {
    const message =
      graceRemaining === undefined
        ? tellBusy(lockName, waited, holderTtl, holder)
        : tellGrace(lockName, waited, graceRemaining);
    super(message, { lockName, operation: 'acquire' });
    this.waited = waited;
    this.holderTtl = holderTtl;
    this.holder = holder;
    this.graceRemaining = graceRemaining;
  }
}

/** As many wait for the lock as may by `maxWaiting`. Nothing is held, and nobody was kept waiting. */
export class LineFullError extends Root {
  override readonly name: string = 'LineFullError';
  readonly code = 'LINE_FULL';
  /** The lock that was asked for. */
  declare readonly lockName: string;
  /** How many may wait. */
  readonly maxWaiting: number;
  /** Who has the lock. Undefined: nobody, but a line of others. */
  readonly holder: LockHolder | undefined;

  constructor(lockName: string, maxWaiting: number, holder?: LockHolder) {
    const by = holder === undefined ? '' : `, held by ${describeHolder(holder)}`;
    super(`Lock ${quote(lockName)} is busy${by}, and ${maxWaiting} wait for it already.`, {
      lockName,
      operation: 'acquire',
    });
    this.maxWaiting = maxWaiting;
    this.holder = holder;
  }
}

function tellBusy(
  lockName: string,
  waited: number,
  holderTtl: number | undefined,
  holder: LockHolder | undefined,
): string {
  const who = holder === undefined ? ' for a holder' : `; it is held by ${describeHolder(holder)},`;
  const lease =
    holderTtl === undefined ? 'whose hold has no expiry' : `who has ${holderTtl} ms left`;
  return `Lock ${quote(lockName)} is busy: waited ${Math.round(waited)} ms${who} ${lease}.`;
}

function tellGrace(lockName: string, waited: number, graceRemaining: number): string {
  return (
    `Lock ${quote(lockName)} is busy: waited ${Math.round(waited)} ms; the server has lost its data, or ` +
    `was started anew, and grants nothing for another ${graceRemaining} ms.`
  );
}

interface LossOptions extends ErrorOptions {
  readonly holder?: LockHolder | undefined;
  readonly facts?: LossFacts | undefined;
}

/**
 * The lock is not held any more, or was not when it was used. Somebody else may hold it.
 */
export class LockLostError extends Root {
  override readonly name: string = 'LockLostError';
  readonly code = 'LOCK_LOST';
  /** The lock that was lost. */
  declare readonly lockName: string;
  /** Why the holder must not believe any longer. */
  readonly reason: LostReason;
  /** The fencing token of the lost acquisition. */
  readonly fencingToken: number;
  /** Who had the lock instead when the server said so. Undefined: it named nobody. */
  readonly holder: LockHolder | undefined;
  /** What is known of how it came. Undefined: the lock was given back here, or never held here. */
  readonly facts: LossFacts | undefined;

  constructor(
    lockName: string,
    reason: LostReason,
    fencingToken: number,
    options: LossOptions = {},
  ) {
    const { holder, facts, ...rest } = options;
    const which = `Lock ${quote(lockName)} (fencing token ${fencingToken})`;
    super(`${which} was lost: ${tellLoss(reason, holder, facts)}`, { lockName }, rest);
    this.reason = reason;
    this.fencingToken = fencingToken;
    this.holder = holder;
    this.facts = facts;
  }

  /**
   * The same loss as an error of its own, whose `cause` is what failed because of it. A lock has one
   * `LockLostError` for all who ask: nothing may be written into that.
   */
  withCause(cause: unknown): LockLostError {
    const { lockName, reason, fencingToken, holder, facts } = this;
    return new LockLostError(lockName, reason, fencingToken, { cause, holder, facts });
  }
}

/**
 * Redis gave no answer. What was asked may or may not have happened: this is neither "busy" nor
 * "lost". `cause` holds what the connection reported.
 */
export class RedisUnreachableError extends Root {
  override readonly name: string = 'RedisUnreachableError';
  readonly code = 'REDIS_UNREACHABLE';
  /** Where the server was expected; never contains a password. */
  readonly address: string;
  readonly #what: string;

  constructor(address: string, what: string, cause?: unknown, about?: About) {
    super(inCall(about, `Redis at ${address} ${what}${because(cause)}`), about, { cause });
    this.address = address;
    this.#what = what;
  }

  /**
   * The same for one call: what many have in common is an error for each of them.
   *
   * @internal
   */
  of(lockName: string, operation: LockOperation): RedisUnreachableError {
    const about = { lockName, operation };
    return withoutFrames(() => {
      return new RedisUnreachableError(this.address, this.#what, this.cause, about);
    });
  }
}

/**
 * Redis answered, and the answer is an error: a missing permission, no memory, a wrong password.
 * `cause` holds the reply. Which permission was missing inside a script, `ACL LOG` at the server
 * tells.
 */
export class RedisRefusedError extends Root {
  override readonly name: string = 'RedisRefusedError';
  readonly code = 'REDIS_REFUSED';
  /** Where the server is; never contains a password. */
  readonly address: string;

  constructor(address: string, cause: unknown, about?: About) {
    const message = `Redis at ${address} refused the operation${because(cause)}`;
    super(inCall(about, message), about, { cause });
    this.address = address;
  }

  /**
   * As {@link RedisUnreachableError.of}.
   *
   * @internal
   */
  of(lockName: string, operation: LockOperation): RedisRefusedError {
    const about = { lockName, operation };
    return withoutFrames(() => new RedisRefusedError(this.address, this.cause, about));
  }
}

/**
 * Fewer replicas than `replicas` asks for have acknowledged a lock, or a renewal, in `replicaTimeout`. What
 * was acquired is given back; what was held before is held until the lease that it had is over.
 */
export class NotReplicatedError extends Root {
  override readonly name: string = 'NotReplicatedError';
  readonly code = 'NOT_REPLICATED';
  /** Where the master is; never contains a password. */
  readonly address: string;
  /** How many replicas have acknowledged it. */
  readonly acknowledged: number;
  /** How many were asked for. */
  readonly replicas: number;

  constructor(
    address: string,
    acknowledged: number,
    replicas: number,
    cause?: unknown,
    about?: About,
  ) {
    const message = `${acknowledged} of ${replicas} replicas of Redis at ${address} have acknowledged it`;
    super(inCall(about, message + because(cause)), about, { cause });
    this.address = address;
    this.acknowledged = acknowledged;
    this.replicas = replicas;
  }

  /**
   * As {@link RedisUnreachableError.of}.
   *
   * @internal
   */
  of(lockName: string, operation: LockOperation): NotReplicatedError {
    const { address, acknowledged, replicas, cause } = this;
    const about = { lockName, operation };
    return withoutFrames(
      () => new NotReplicatedError(address, acknowledged, replicas, cause, about),
    );
  }
}

/** The server cannot serve locks: it is too old, a replica, or in a mode that is not supported. */
export class RedisUnsupportedError extends Root {
  override readonly name: string = 'RedisUnsupportedError';
  readonly code = 'REDIS_UNSUPPORTED';
  /** Where the server is; never contains a password. */
  readonly address: string;

  constructor(address: string, why: string) {
    super(`Redis at ${address} cannot be used: ${why}.`, undefined);
    this.address = address;
  }
}

/**
 * Others take locks under the same prefix with a shorter `grace` than this call counts on: after a loss
 * of data they could be granted a lock while this one is still believed in. Nothing is held.
 */
export class GraceMismatchError extends Root {
  override readonly name: string = 'GraceMismatchError';
  readonly code = 'GRACE_MISMATCH';
  /** Where the server is; never contains a password. */
  readonly address: string;
  /** The grace that the ttl needs, in ms. */
  readonly needed: number;
  /** The shortest one that somebody counts on, in ms. */
  readonly shortest: number;

  constructor(address: string, needed: number, shortest: number, about?: About) {
    const message =
      `the lockers of this prefix at ${address} do not agree on their grace: somebody has ` +
      `${shortest} ms, and this ttl needs ${needed} ms.`;
    super(inCall(about, message), about);
    this.address = address;
    this.needed = needed;
    this.shortest = shortest;
  }

  /**
   * As {@link RedisUnreachableError.of}.
   *
   * @internal
   */
  of(lockName: string, operation: LockOperation): GraceMismatchError {
    const { address, needed, shortest } = this;
    const about = { lockName, operation };
    return withoutFrames(() => new GraceMismatchError(address, needed, shortest, about));
  }
}

/** The locker was closed before or while the call was under way. Nothing is held. */
export class LockerClosedError extends Root {
  override readonly name: string = 'LockerClosedError';
  readonly code = 'LOCKER_CLOSED';

  constructor(about?: About) {
    super(inCall(about, 'The locker is closed.'), about);
  }

  /**
   * As {@link RedisUnreachableError.of}.
   *
   * @internal
   */
  of(lockName: string, operation: LockOperation): LockerClosedError {
    return withoutFrames(() => new LockerClosedError({ lockName, operation }));
  }
}

/** The lock key holds a value of another data type: somebody's data. It was not touched. */
export class ForeignDataError extends Root {
  override readonly name: string = 'ForeignDataError';
  readonly code = 'FOREIGN_DATA';
  /** The Redis key, prefix included. */
  readonly key: string;
  /** The data type that Redis reports for the key. */
  readonly type: string;

  constructor(key: string, type: string, about?: About) {
    super(
      inCall(about, `Key ${quote(key)} holds a ${type}, not a lock: it was left alone.`),
      about,
    );
    this.key = key;
    this.type = type;
  }
}

/**
 * A call would have waited for itself: it runs under the lock already, and does not join it. Nothing
 * was locked, nothing was called, and the lock stays.
 */
export class LockReentryError extends Root {
  override readonly name: string = 'LockReentryError';
  readonly code = 'LOCK_REENTRY';
  /** The lock that was asked for. */
  declare readonly lockName: string;
  /** Where it is held: `using`, or `@Locked on Orders.charge`. */
  readonly heldBy: string;

  constructor(
    lockName: string,
    caller: string,
    heldBy: string,
    mode: 'exclusive' | 'shared' | 'limited' = 'exclusive',
  ) {
    const how = mode === 'exclusive' ? '' : `, as ${mode}`;
    super(
      `${caller}: this call runs under the lock ${quote(lockName)} already, which is held by ` +
        `${heldBy}${how}: it would wait for itself.`,
      { lockName },
    );
    this.heldBy = heldBy;
  }
}

/** `assertLocked` was called by work that does not run under the lock. */
export class NotLockedError extends Root {
  override readonly name: string = 'NotLockedError';
  readonly code = 'NOT_LOCKED';

  /** @param lockName - the lock that was asked for; undefined: any. */
  constructor(lockName: string | undefined) {
    const which = lockName === undefined ? 'a lock' : `the lock ${quote(lockName)}`;
    super(
      `This must run under ${which}: in a callback of using, or a method with @Locked.`,
      lockName === undefined ? undefined : { lockName },
    );
  }
}

/**
 * What this package throws at run time; caller bugs are `TypeError` and `RangeError`. A closed union:
 * the `code` tells which it is, and `instanceof HoldfastError` whether it is one of them.
 *
 * @example Told apart by their codes
 * ```ts
 * import { HoldfastError } from '@holdfast/core';
 *
 * try {
 *   await locker.using('cache:prices', { waitTimeout: 500 }, ({ signal }) => rebuild({ signal }));
 * } catch (error) {
 *   if (!(error instanceof HoldfastError)) throw error;
 *   switch (error.code) {
 *     case 'ACQUIRE_TIMEOUT':
 *       await tryLater(error.holderTtl);
 *       break;
 *     default:
 *       await raiseAlarm(error);
 *   }
 * }
 * ```
 */
export type HoldfastError =
  | AcquireTimeoutError
  | LineFullError
  | LockLostError
  | RedisUnreachableError
  | RedisRefusedError
  | RedisUnsupportedError
  | NotReplicatedError
  | GraceMismatchError
  | LockerClosedError
  | ForeignDataError
  | LockReentryError
  | NotLockedError;

/** It has no constructor: an error of somebody else's would not be of the union. */
interface HoldfastErrorClass extends Function {
  readonly prototype: HoldfastError;
}

/** For `instanceof`. */
export const HoldfastError: HoldfastErrorClass = Root as unknown as HoldfastErrorClass;

/** The mark of each class above, on its prototype. */
const marks = new Map<unknown, symbol>();

// Written out: a bundler may rename the classes.
for (const [name, of] of [
  ['HoldfastError', Root],
  ['AcquireTimeoutError', AcquireTimeoutError],
  ['LineFullError', LineFullError],
  ['LockLostError', LockLostError],
  ['RedisUnreachableError', RedisUnreachableError],
  ['RedisRefusedError', RedisRefusedError],
  ['RedisUnsupportedError', RedisUnsupportedError],
  ['NotReplicatedError', NotReplicatedError],
  ['GraceMismatchError', GraceMismatchError],
  ['LockerClosedError', LockerClosedError],
  ['ForeignDataError', ForeignDataError],
  ['LockReentryError', LockReentryError],
  ['NotLockedError', NotLockedError],
] as const) {
  const mark = Symbol.for(`holdfast.${name}`);
  marks.set(of, mark);
  Object.defineProperty(of.prototype, mark, { value: true });
}

function because(cause: unknown): string {
  if (cause === undefined) return '.';
  // A refused connection to several addresses is an AggregateError without a message of its own.
  const text =
    cause instanceof AggregateError && cause.message === ''
      ? cause.errors.map((error) => messageOf(error)).join('; ')
      : messageOf(cause);
  return `: ${text}`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/**
 * An error that is made where an answer is read. The frames there are ours and tell nobody anything,
 * and to look for them takes longer than all else: a server that goes away fails 100,000 calls at once.
 */
function withoutFrames<E extends Error>(make: () => E): E {
  const { stackTraceLimit } = Error;
  // Where it cannot be set, there are frames.
  Reflect.set(Error, 'stackTraceLimit', 0);
  try {
    return make();
  } finally {
    Reflect.set(Error, 'stackTraceLimit', stackTraceLimit);
  }
}

/** What is said, with the call that it is said of. */
function inCall(about: About | undefined, message: string): string {
  return about === undefined
    ? message
    : `Lock ${quote(about.lockName)}: ${about.operation}: ${message}`;
}
