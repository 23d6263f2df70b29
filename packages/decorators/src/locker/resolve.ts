import type { Locker } from '@holdfast/core';
import { type Label, nameOf } from '../label.js';
import type { Place } from '../metadata/place.js';
import { defaultLocker } from './default-locker.js';
import { missedMark } from './marks.js';
import { assertLocker, isLocker, type LockerSource } from './source.js';
import { type Found, markedLocker } from './use-locker.js';

/** The option `locker`, when its types have done their work. */
export type LockerOption = LockerSource | ((this: unknown, self: unknown) => unknown);

/** Whose locker is looked for. */
interface Seeker {
  readonly label: Label;
  readonly place: Place;
  readonly locker: LockerOption | undefined;
}

/** What promises have resolved to: who is told of a lock that it runs under must not have waited. */
const known = new WeakMap<Promise<unknown>, Locker>();

/**
 * The locker of a call: by the option, else by the instance, else the default. A promise is waited
 * for once.
 *
 * @throws {TypeError} if there is none; it rejects if something else is in its place.
 */
export function lockerOf(seeker: Seeker, self: unknown): Locker | Promise<Locker> {
  const { value, from } = find(seeker, self);
  if (isLocker(value)) return value;
  const promise = value instanceof Promise ? value : undefined;
  return (
    (promise && known.get(promise)) ??
    Promise.resolve(value).then((locker) => {
      assertLocker(locker, from);
      if (promise !== undefined) known.set(promise, locker);
      return locker;
    })
  );
}

function find({ locker: option, label, place }: Seeker, self: unknown): Found {
  if (option !== undefined) {
    const value = typeof option === 'function' ? option.call(self, self) : option;
    return { value, from: () => `@Locked on ${nameOf(label, self)}: the option 'locker'` };
  }
  const marked = markedLocker(self);
  if (marked !== undefined) return marked;
  const missed = missedMark(self, place);
  if (missed !== undefined) {
    throw new TypeError(
      `@Locked on ${nameOf(label, self)}: it was not called on an instance of its class, where ` +
        `@UseLocker marks '${String(missed.property)}'. Call it as a method, or bind it.`,
    );
  }
  const value = defaultLocker();
  if (value !== undefined) return { value, from: () => 'setDefaultLocker: the argument' };
  throw new TypeError(
    `@Locked on ${nameOf(label, self)}: there is no locker. Give one by the option 'locker', ` +
      'by a property of the class with @UseLocker(), or to all by setDefaultLocker(locker).',
  );
}
