import { LockLostError } from './errors.js';

/** So many errors are looked at, one in another: more than any failure has, and an end for all. */
const LIMIT = 1_000;

declare const within: unique symbol;

/**
 * An error that has a {@link LockLostError} within. The property with the symbol exists for the
 * compiler alone: without it every `Error` would be one, and where `isLockLost` says no, nothing
 * would be left.
 */
export interface LockLossCarrier extends Error {
  readonly [within]: LockLostError;
}

/**
 * Whether a failure is that of a lost lock: a {@link LockLostError}, or an error that has one within,
 * as its `cause`, as the `reason` of an abort, in the `SuppressedError` of an `await using` block or
 * in an `AggregateError`, however deep. Errors of another copy of this package count, too. Never
 * throws, whatever it is given.
 *
 * @example The work obeys the signal, and fails in whatever way
 * ```ts
 * import { isLockLost } from '@holdfast/core';
 *
 * try {
 *   await using lock = await locker.acquire('order:42', { waitTimeout: '2s' });
 *   await charge(order, { signal: lock.signal, fencingToken: lock.fencingToken });
 * } catch (error) {
 *   if (!isLockLost(error)) throw error;
 *   await findOut(order);
 * }
 * ```
 */
export function isLockLost(error: unknown): error is LockLostError | LockLossCarrier {
  // What is added while a set is gone through comes at its end, and only once: circles end.
  const found = new Set([error]);
  for (const one of found) {
    try {
      if (one instanceof LockLostError) return true;
      for (const part of partsOf(one)) if (found.size < LIMIT) found.add(part);
    } catch {
      // It does not let itself be looked at. A caller in a `catch` has an error already.
    }
  }
  return false;
}

/** By their shape: Node 20 has no `SuppressedError`, and each realm has classes of its own. */
function partsOf(value: unknown): readonly unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  const { cause, reason, error, suppressed, errors } = value as Record<string, unknown>;
  return [
    cause,
    reason,
    ...('suppressed' in value ? [error, suppressed] : []),
    ...(Array.isArray(errors) ? (errors as unknown[]) : []),
  ];
}
