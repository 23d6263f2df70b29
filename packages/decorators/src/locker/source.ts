import type { Locker } from '@holdfast/core';
import { show } from '../label.js';

/** A locker, or the promise of one: what `createLocker` returns can be passed as it is. */
export type LockerSource = Locker | PromiseLike<Locker>;

/** @throws {TypeError} that says where the value is from, if it is not a locker. */
export function assertLocker(value: unknown, from: () => string): asserts value is Locker {
  if (isLocker(value)) return;
  throw new TypeError(`${from()} is ${show(value)}, not a locker.`);
}

/** @throws {TypeError} if the value can be neither a locker nor the promise of one. */
export function assertLockerSource(value: unknown, from: string): asserts value is LockerSource {
  if (isPromiseLike(value)) {
    // Whoever calls a method that needs it is told; before that it is nobody's failure.
    value.then(undefined, () => {});
    return;
  }
  assertLocker(value, () => from);
}

export function isLocker(value: unknown): value is Locker {
  if (typeof value !== 'object' || value === null) return false;
  return 'acquire' in value && typeof value.acquire === 'function';
}

function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  if (typeof value !== 'object' || value === null) return false;
  return 'then' in value && typeof value.then === 'function';
}
