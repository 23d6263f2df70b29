import type { AnyFunction } from './call/terms.js';
import { type Label, nameOf } from './label.js';
import { type Given, Locking } from './locking.js';

/** `@Locked` as a standard decorator. */
export function decorateStandard(given: Given, value: unknown, context: DecoratorContext): unknown {
  const label: Label = { className: undefined, methodName: context.name ?? '?' };
  if (context.kind !== 'method' && context.kind !== 'field') throw misplaced(label, context.kind);
  const { name, metadata } = context;
  const kind = context.static ? 'static' : 'instance';
  const locking = new Locking(given, { label, place: { kind, owner: metadata, name }, marked: [] });
  if (context.kind === 'method') return locking.wrap(value as AnyFunction);
  return function (this: unknown, initial: unknown): AnyFunction {
    if (typeof initial !== 'function') throw misplaced(label, 'field without a function');
    // A function in a field belongs to its instance, and goes with it when it is passed on.
    return locking.wrap(initial as AnyFunction, this);
  };
}

function misplaced(label: Label, what: string): TypeError {
  return new TypeError(
    `@Locked on ${nameOf(label)}: it stands on a ${what}, not on a method or a function in a field.`,
  );
}
