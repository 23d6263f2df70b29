import { assertLockerSource, type LockerSource } from './source.js';

/**
 * One for all copies of this package in the process. The number goes up when what is kept there
 * changes.
 */
const SHARED = Symbol.for('holdfast.default-locker.1');
const shared = globalThis as { [SHARED]?: LockerSource | undefined };

/**
 * Sets the locker for all methods that have none by their options or their instance; `undefined`
 * takes it back. It stays the caller's to close.
 *
 * @example At the start of the program
 * ```ts
 * setDefaultLocker(createLocker({ url: 'redis://localhost:6379' }));
 * ```
 *
 * @throws {TypeError} if it is neither a locker nor a promise. The promise of something else, or
 *   one that rejects, fails the calls that need it.
 */
export function setDefaultLocker(locker: LockerSource | undefined): void {
  if (locker !== undefined) assertLockerSource(locker, 'setDefaultLocker: the argument');
  shared[SHARED] = locker;
}

export function defaultLocker(): LockerSource | undefined {
  return shared[SHARED];
}
