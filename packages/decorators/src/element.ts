import type { AnyFunction } from './call/terms.js';
import { type Descriptor, finish } from './descriptor.js';
import type { Label } from './label.js';
import { type Given, Locking } from './locking.js';
import { fieldInitializer, misplaced } from './standard.js';

/** `@Locked` as a decorator of the proposal of 2018. */
export function decorateElement(given: Given, element: Descriptor): object {
  if (element.kind === 'class') throw misplaced({ className: undefined, methodName: '?' }, 'class');
  const { key, kind, descriptor, initializer } = element;
  const label: Label = { className: undefined, methodName: key };
  const method = descriptor.value as AnyFunction | undefined;
  if (kind === 'method' && method === undefined) throw misplaced(label, 'getter or setter');
  // The class is known when its elements are.
  const place: { kind: 'target'; owner: object | undefined } = { kind: 'target', owner: undefined };
  const locking = new Locking(given, { label, place, marked: [] });
  const finished = finish(element, (owner) => {
    place.owner = owner;
    locking.remember();
  });
  if (method !== undefined) {
    return { ...finished, descriptor: { ...descriptor, value: locking.wrap(method) } };
  }
  const wrap = fieldInitializer(locking, label);
  return {
    ...finished,
    initializer(this: object): AnyFunction {
      return wrap.call(this, initializer?.call(this));
    },
  };
}
