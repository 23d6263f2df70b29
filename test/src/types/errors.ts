/** Holds if it compiles: how errors are told apart. Never run. */
import {
  AcquireTimeoutError,
  HoldfastError,
  type HoldfastErrorCode,
  isLockLost,
  type LockLostError,
  type LostReason,
  type RedisUnreachableError,
} from '@holdfast/core';

/** Compiles only if both types are the same. */
type Same<A, B> = [A, B] extends [B, A] ? true : false;

function same<A, B>(..._proof: Same<A, B> extends true ? [] : [never]): void {}

type Class = abstract new (...args: never) => unknown;

/** Not an error of ours, and one that has a cause as many have. */
class PaymentError extends Error {
  override readonly cause: unknown = undefined;
}

/** The code tells which error it is, and a switch over all of them leaves nothing. */
export function explain(error: unknown): string {
  if (!(error instanceof HoldfastError)) return 'of somebody else';
  same<typeof error, HoldfastError>();
  switch (error.code) {
    case 'ACQUIRE_TIMEOUT':
      same<typeof error, AcquireTimeoutError>();
      return `${error.lockName}: ${error.waited}, ${error.holderTtl}`;
    case 'LINE_FULL':
      return `${error.lockName}: ${error.maxWaiting}`;
    case 'LOCK_LOST':
      same<typeof error, LockLostError>();
      return `${error.lockName}: ${error.reason}`;
    case 'REDIS_UNREACHABLE':
    case 'REDIS_REFUSED':
    case 'REDIS_UNSUPPORTED':
    case 'GRACE_MISMATCH':
      return error.address;
    case 'NOT_REPLICATED':
      return `${error.acknowledged} of ${error.replicas} at ${error.address}`;
    case 'LOCKER_CLOSED':
      return error.message;
    case 'FOREIGN_DATA':
      return error.type;
    case 'LOCK_REENTRY':
      return `${error.lockName} by ${error.heldBy}`;
    case 'NOT_LOCKED':
      return error.lockName ?? 'any';
  }
}

export function codes(error: HoldfastError): void {
  same<HoldfastError['code'], HoldfastErrorCode>();
  same<LockLostError['reason'], LostReason>();
  same<LockLostError['code'], 'LOCK_LOST'>();
  if (error instanceof AcquireTimeoutError) same<typeof error, AcquireTimeoutError>();
  else same<typeof error, Exclude<HoldfastError, AcquireTimeoutError>>();
  // An error of somebody else's would not be of the union.
  same<typeof HoldfastError extends Class ? true : false, false>();
  // @ts-expect-error -- not a code of ours
  void (error.code === 'LOCK_BUSY');
}

/** Of those of the union there can be special ones. */
export class QueueBusyError extends AcquireTimeoutError {}

/** Who hears yes has an error to log; who hears no has lost nothing but `LockLostError`. */
export function lostLocks(
  unknownError: unknown,
  anyError: Error,
  payment: PaymentError,
  either: LockLostError | RedisUnreachableError,
  several: AggregateError,
): void {
  if (isLockLost(unknownError)) void unknownError.message;
  else same<typeof unknownError, unknown>();
  if (isLockLost(anyError)) void anyError.stack;
  else same<typeof anyError, Error>();
  if (isLockLost(payment)) void payment.cause;
  else same<typeof payment, PaymentError>();
  if (!isLockLost(either)) same<typeof either, RedisUnreachableError>();
  if (!isLockLost(several)) same<typeof several, AggregateError>();
  // It is a callback for lists, too.
  void several.errors.filter(isLockLost);
}
