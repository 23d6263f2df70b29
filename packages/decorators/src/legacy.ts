import type { AnyFunction } from './call/terms.js';
import { markedParts } from './key/lock-key.js';
import { classNameOf, type Label, nameOf } from './label.js';
import { type Given, Locking } from './locking.js';

/** `@Locked` as a decorator of `experimentalDecorators`. */
export function decorateLegacy(
  given: Given,
  target: object,
  name: unknown,
  descriptor: unknown,
): PropertyDescriptor {
  const isName = typeof name === 'string' || typeof name === 'symbol';
  const label: Label = { className: classNameOf(target), methodName: isName ? name : '?' };
  if (!isName || !isMethod(descriptor)) {
    throw new TypeError(`@Locked on ${nameOf(label)}: it stands on something else than a method.`);
  }
  const place = { kind: 'target', owner: target } as const;
  const locking = new Locking(given, { label, place, marked: markedParts(target, name) });
  return { ...descriptor, value: locking.wrap(descriptor.value) };
}

function isMethod(
  descriptor: unknown,
): descriptor is Omit<PropertyDescriptor, 'value'> & { readonly value: AnyFunction } {
  if (typeof descriptor !== 'object' || descriptor === null) return false;
  return 'value' in descriptor && typeof descriptor.value === 'function';
}
