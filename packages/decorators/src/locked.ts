import type { Duration } from '@holdfast/core';
import type { LockedDecorator } from './decorator-types.js';
import { isDescriptor } from './descriptor.js';
import { decorateElement } from './element.js';
import { decorateLegacy } from './legacy.js';
import type { Given } from './locking.js';
import type {
  IfGiven,
  LockedKey,
  LockedOptions,
  LockerFrom,
  OnBusy,
  SignalFrom,
} from './options.js';
import { decorateStandard } from './standard.js';

/**
 * Runs a method under a lock: acquired before it, renewed while it runs, released when it has
 * settled. Works under standard decorators and under `experimentalDecorators`, on methods that
 * return a promise; under standard decorators also on fields that hold such a function. The compiler
 * refuses what cannot work, placeholders included, and prints why: see `CannotLock`.
 *
 * The key is the lock name. It can have placeholders: `{0}` is the first argument, `{0.id}` a
 * property of it, `{this.region}` one of the instance, and `{{` stands for a brace. What they find
 * must be a string that is not empty, a finite number, a bigint or a boolean. It is escaped, so that
 * different parts never give the same name. Or the key is a function of the arguments that returns
 * the lock name. A list of keys takes several locks as one; `{ key, mode }` in it gives one of them a mode
 * of its own, or a limit.
 *
 * @example One charge at a time for each invoice
 * ```ts
 * class Invoices {
 *   @Locked('invoice:{0.id}', '10s')
 *   async charge(invoice: Invoice): Promise<Receipt> {
 *     return gateway.charge(invoice, { signal: currentLock()?.signal });
 *   }
 * }
 * ```
 * @example A job that one of many machines does
 * ```ts
 * class Reports {
 *   @Locked('reports:daily', { onBusy: 'skip', holdAtLeast: '1m' })
 *   async send(): Promise<void> {}
 * }
 * ```
 *
 * @param options - the ttl, or options.
 * @throws {TypeError | RangeError} when the class is defined, for a malformed key or option. The
 *   decorated method rejects with a `TypeError` if a part of the key cannot be one or there is no
 *   locker, with what `locker.acquire` throws, with the `LockLostError` if the lock was lost while
 *   it ran and it succeeded or was aborted by that, and otherwise settles as the method does.
 */
export function Locked<
  const Key extends LockedKey,
  Busy extends OnBusy | undefined,
  Signal extends SignalFrom | undefined,
  From extends LockerFrom | undefined,
>(
  key: Key,
  options: Duration | LockedOptions<Busy, Signal, From> = {},
): LockedDecorator<Key, IfGiven<Busy>, IfGiven<Signal>, IfGiven<From>> {
  const wanted = typeof options === 'object' ? options : { ttl: options };
  const given: Given = { key, options: wanted as LockedOptions };
  const decorate = (first: unknown, second: unknown, third?: unknown): unknown => {
    if (isContext(second)) return decorateStandard(given, first, second);
    if (isDescriptor(first)) return decorateElement(given, first);
    return decorateLegacy(given, first, second, third);
  };
  return decorate as LockedDecorator<Key, IfGiven<Busy>, IfGiven<Signal>, IfGiven<From>>;
}

/** Standard decorators get a context, legacy ones the name of the method in its place. */
function isContext(second: unknown): second is DecoratorContext {
  return typeof second === 'object' && second !== null && 'kind' in second;
}
