import { assertLockerSource, type LockerSource } from './source.js';

let current: LockerSource | undefined;

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
  current = locker;
}

export function defaultLocker(): LockerSource | undefined {
  return current;
}
