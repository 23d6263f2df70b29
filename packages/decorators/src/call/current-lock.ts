import type { Lock } from '@holdfast/core';
import { NotLockedError } from '../errors.js';
import { findFrame, innermost } from './frame.js';
import { assertNotLost } from './stay.js';

/**
 * The lock of the running call: of the innermost method with `@Locked` in this async context that
 * has not settled yet. Undefined outside; so also in a timer that outlives the method.
 *
 * @example Tell the storage which holder writes
 * ```ts
 * const lock = currentLock();
 * await storage.write(report, { signal: lock?.signal, fencingToken: lock?.fencingToken });
 * ```
 */
export function currentLock(): Lock | undefined {
  return innermost()?.stay.lock;
}

/**
 * Makes sure that the caller runs under a lock, and returns it. With a name: under this lock, which
 * need not be the innermost.
 *
 * @example A method that is only safe inside
 * ```ts
 * async function bookUnlocked(id: string): Promise<void> {
 *   assertLocked(`invoice:${id}`);
 * }
 * ```
 *
 * @throws {NotLockedError} if it does not, or the lock was released by hand.
 * @throws {LockLostError} if the lock was lost meanwhile.
 */
export function assertLocked(lockName?: string): Lock {
  const frame = findFrame(
    innermost(),
    ({ lock }) => lockName === undefined || lock.name === lockName,
  );
  if (frame === undefined) throw new NotLockedError(lockName);
  const { lock } = frame.stay;
  assertNotLost(lock);
  if (!lock.held) throw new NotLockedError(lockName);
  return lock;
}
