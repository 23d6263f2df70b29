import { NotLockedError } from '../../errors.js';
import type { Lock } from '../lock.js';
import { findFrame, type Frame, innermost } from './frame.js';
import { assertNotLost } from './stay.js';

/**
 * The lock of the running call: of the innermost callback of `using`, or method with `@Locked`, in
 * this async context that has not settled yet. Undefined outside; so also in a timer that outlives it,
 * and in a block of `await using`, which has its lock at hand. Under several locks as one it is the first
 * of the list: its signal speaks for all of them, its fencing token does not; see `assertLocked`.
 *
 * @example Tell the storage which holder writes
 * ```ts
 * import { currentLock } from '@holdfast/core';
 *
 * async function save(report: string): Promise<void> {
 *   const lock = currentLock();
 *   await storage.write(report, { signal: lock?.signal, fencingToken: lock?.fencingToken });
 * }
 *
 * await locker.using('report:daily', () => save('42 orders'));
 * ```
 */
export function currentLock(): Lock | undefined {
  const frame = innermost();
  return frame && lockOf(frame);
}

/** Of several, the first: they are lost as one. */
function lockOf({ held }: Frame): Lock {
  return 'locks' in held ? (held.locks.get(held.names[0] as string) as Lock) : held;
}

/**
 * Makes sure that the caller runs under a lock, and returns it. With a name: under this lock, which
 * need not be the innermost.
 *
 * @example A function that is only safe inside
 * ```ts
 * import { assertLocked } from '@holdfast/core';
 *
 * async function book(id: number): Promise<void> {
 *   assertLocked(`order:${id}`);
 * }
 *
 * await locker.using('order:42', () => book(42));
 * ```
 *
 * @throws {NotLockedError} if it does not, or the lock was released by hand.
 * @throws {LockLostError} if the lock was lost meanwhile.
 */
export function assertLocked(lockName?: string): Lock {
  const frame = findFrame(
    innermost(),
    (stay) => lockName === undefined || stay.lockNamed(lockName) !== undefined,
  );
  if (frame === undefined) throw new NotLockedError(lockName);
  const { stay } = frame;
  const lock = (lockName === undefined ? undefined : stay.lockNamed(lockName)) ?? lockOf(frame);
  assertNotLost(lock);
  if (!lock.held) throw new NotLockedError(lockName);
  return lock;
}
