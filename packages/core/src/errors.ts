/** Every `code` that an error of this package can carry. */
export type HoldfastErrorCode =
  | 'ACQUIRE_TIMEOUT'
  | 'LOCK_LOST'
  | 'REDIS_UNREACHABLE'
  | 'REDIS_REFUSED'
  | 'REDIS_UNSUPPORTED'
  | 'LOCKER_CLOSED'
  | 'FOREIGN_DATA'
  | 'LOCK_REENTRY'
  | 'NOT_LOCKED';

/**
 * Why a holder must stop believing.
 *
 * - `gone`: the server says that the lock is somebody else's, or nobody's.
 * - `expired`: the deadline passed before a renewal was confirmed.
 * - `closed`: the locker was closed while the lock was held; the lock was given back.
 * - `released`: the handle was used after its own release or hand-over.
 */
export type LostReason = 'gone' | 'expired' | 'closed' | 'released';

/**
 * What all errors of this package extend.
 *
 * `instanceof` goes by a mark that every copy of this package puts on its classes: errors of another
 * copy in the same process, as package managers make them, are recognised too.
 */
abstract class Root extends Error {
  abstract readonly code: HoldfastErrorCode;

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
  readonly lockName: string;
  /** How long the caller waited, in milliseconds. */
  readonly waited: number;
  /** What the holder has left now, by what the server said last, in ms; undefined: no expiry. */
  readonly holderTtl: number | undefined;

  constructor(lockName: string, waited: number, holderTtl: number | undefined) {
    const lease =
      holderTtl === undefined ? 'whose hold has no expiry' : `who has ${holderTtl} ms left`;
    super(
      `Lock ${quote(lockName)} is busy: waited ${Math.round(waited)} ms for a holder ${lease}.`,
    );
    this.lockName = lockName;
    this.waited = waited;
    this.holderTtl = holderTtl;
  }
}

const LOST: Record<LostReason, string> = {
  gone: 'the server says that it is gone or taken by another holder',
  expired: 'its deadline passed before a renewal was confirmed',
  closed: 'the locker was closed while the lock was held',
  released: 'it had already been released or handed over',
};

/**
 * The lock is not held any more, or was not when it was used. Somebody else may hold it.
 */
export class LockLostError extends Root {
  override readonly name: string = 'LockLostError';
  readonly code = 'LOCK_LOST';
  /** The lock that was lost. */
  readonly lockName: string;
  /** Why the holder must not believe any longer. */
  readonly reason: LostReason;
  /** The fencing token of the lost acquisition. */
  readonly fencingToken: number;

  constructor(lockName: string, reason: LostReason, fencingToken: number, options?: ErrorOptions) {
    const message = `Lock ${quote(lockName)} (fencing token ${fencingToken}) was lost: ${LOST[reason]}.`;
    super(message, options);
    this.lockName = lockName;
    this.reason = reason;
    this.fencingToken = fencingToken;
  }

  /**
   * The same loss as an error of its own, whose `cause` is what failed because of it. A lock has one
   * `LockLostError` for all who ask: nothing may be written into that.
   */
  withCause(cause: unknown): LockLostError {
    return new LockLostError(this.lockName, this.reason, this.fencingToken, { cause });
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

  constructor(address: string, what: string, cause?: unknown) {
    super(`Redis at ${address} ${what}${because(cause)}`, { cause });
    this.address = address;
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

  constructor(address: string, cause: unknown) {
    super(`Redis at ${address} refused the operation${because(cause)}`, { cause });
    this.address = address;
  }
}

/** The server cannot serve locks: it is too old, a replica, or in a mode that is not supported. */
export class RedisUnsupportedError extends Root {
  override readonly name: string = 'RedisUnsupportedError';
  readonly code = 'REDIS_UNSUPPORTED';
  /** Where the server is; never contains a password. */
  readonly address: string;

  constructor(address: string, why: string) {
    super(`Redis at ${address} cannot be used: ${why}.`);
    this.address = address;
  }
}

/** The locker was closed before or while the call was under way. Nothing is held. */
export class LockerClosedError extends Root {
  override readonly name: string = 'LockerClosedError';
  readonly code = 'LOCKER_CLOSED';

  constructor() {
    super('The locker is closed.');
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

  constructor(key: string, type: string) {
    super(`Key ${quote(key)} holds a ${type}, not a lock: it was left alone.`);
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
  readonly lockName: string;
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
    );
    this.lockName = lockName;
    this.heldBy = heldBy;
  }
}

/** `assertLocked` was called by work that does not run under the lock. */
export class NotLockedError extends Root {
  override readonly name: string = 'NotLockedError';
  readonly code = 'NOT_LOCKED';
  /** The lock that was asked for; undefined: any. */
  readonly lockName: string | undefined;

  constructor(lockName: string | undefined) {
    const which = lockName === undefined ? 'a lock' : `the lock ${quote(lockName)}`;
    super(`This must run under ${which}: in a callback of using, or a method with @Locked.`);
    this.lockName = lockName;
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
  | LockLostError
  | RedisUnreachableError
  | RedisRefusedError
  | RedisUnsupportedError
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
  ['LockLostError', LockLostError],
  ['RedisUnreachableError', RedisUnreachableError],
  ['RedisRefusedError', RedisRefusedError],
  ['RedisUnsupportedError', RedisUnsupportedError],
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

/** A name as it can stand in one line of a log. */
function quote(text: string): string {
  return JSON.stringify(text.length > 200 ? `${text.slice(0, 200)}…` : text);
}
