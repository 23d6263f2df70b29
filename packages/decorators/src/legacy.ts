import type { AnyFunction } from './call/terms.js';
import { STANDARD } from './dialects.js';
import { markedParts } from './key/lock-key.js';
import { classNameOf, type Label, nameOf, show } from './label.js';
import { type Given, Locking } from './locking.js';

/**
 * `@Locked` as a decorator of `experimentalDecorators`: what is left when it is neither of the others.
 *
 * @throws {TypeError} if it stands on something else than a method.
 */
export function decorateLegacy(
  given: Given,
  target: unknown,
  name: unknown,
  descriptor: unknown,
): PropertyDescriptor {
  if (!isOwner(target) || !isName(name) || !isMethod(descriptor)) {
    throw misplaced(target, name, descriptor);
  }
  const label: Label = { className: classNameOf(target), methodName: name };
  const place = { kind: 'target', owner: target } as const;
  const locking = new Locking(given, { label, place, marked: markedParts(target, name) });
  return { ...descriptor, value: locking.wrap(descriptor.value) };
}

type Method = Omit<PropertyDescriptor, 'value'> & { readonly value: AnyFunction };

function isMethod(descriptor: unknown): descriptor is Method {
  return isObject(descriptor) && 'value' in descriptor && typeof descriptor.value === 'function';
}

function isName(name: unknown): name is string | symbol {
  return typeof name === 'string' || typeof name === 'symbol';
}

/** A class, or its prototype. */
function isOwner(target: unknown): target is object {
  return isObject(target) || typeof target === 'function';
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function misplaced(target: unknown, name: unknown, descriptor: unknown): TypeError {
  const methodName = isName(name) ? name : 'constructor';
  const method = nameOf({ className: classNameOf(target), methodName });
  const standsOn = (what: string): TypeError =>
    new TypeError(`@Locked on ${method}: it stands on ${what}, not on a method.`);
  if (typeof descriptor === 'number') return standsOn('a parameter');
  if (isName(name)) {
    const isAccessor = isObject(descriptor) && ('get' in descriptor || 'set' in descriptor);
    if (isAccessor) return standsOn('a getter or setter');
    return new TypeError(
      `@Locked on ${method}: it stands on a field. For a function in a field, ${STANDARD}.`,
    );
  }
  if (typeof target === 'function' && name === undefined) return standsOn('a class');
  const given = [target, name, descriptor].map((value) => show(value)).join(', ');
  return new TypeError(
    `@Locked: the compiler calls decorators with (${given}), which is no dialect that is known. ` +
      `Set "experimentalDecorators": true in tsconfig.json, or ${STANDARD}.`,
  );
}
