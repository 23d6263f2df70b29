import type { Locker } from '@holdfast/core';
import { type Label, nameOf } from '../label.js';
import { defaultLocker } from './default-locker.js';
import { assertLocker, isLocker, type LockerSource } from './source.js';
import { type Found, markedLocker } from './use-locker.js';

/** The option `locker`, when its types have done their work. */
export type LockerOption = LockerSource | ((this: unknown, self: unknown) => unknown);

/**
 * The locker of a call: by the option, else by the instance, else the default.
 *
 * @throws {TypeError} if there is none; it rejects if something else is in its place.
 */
export function lockerOf(
  option: LockerOption | undefined,
  label: Label,
  self: unknown,
): Locker | Promise<Locker> {
  const { value, from } = find(option, label, self);
  if (isLocker(value)) return value;
  return Promise.resolve(value).then((locker) => {
    assertLocker(locker, from);
    return locker;
  });
}

function find(option: LockerOption | undefined, label: Label, self: unknown): Found {
  if (option !== undefined) {
    const value = typeof option === 'function' ? option.call(self, self) : option;
    return { value, from: () => `@Locked on ${nameOf(label, self)}: the option 'locker'` };
  }
  const marked = markedLocker(self);
  if (marked !== undefined) return marked;
  const value = defaultLocker();
  if (value !== undefined) return { value, from: () => 'setDefaultLocker: the argument' };
  throw new TypeError(
    `@Locked on ${nameOf(label, self)}: there is no locker. Give one by the option 'locker', ` +
      'by a property of the class with @UseLocker(), or to all by setDefaultLocker(locker).',
  );
}
