import type { AnyFunction } from './call/terms.js';
import { type Label, nameOf } from './label.js';
import { type Given, Locking } from './locking.js';

/** `@Locked` as a standard decorator. */
export function decorateStandard(given: Given, value: unknown, context: DecoratorContext): unknown {
  const label: Label = { className: undefined, methodName: context.name ?? '?' };
  if (context.kind !== 'method' && context.kind !== 'field') throw misplaced(label, context.kind);
  const { metadata } = context;
  const kind = context.static ? 'static' : 'instance';
  const locking = new Locking(given, { label, place: { kind, owner: metadata }, marked: [] });
  if (context.kind === 'method') return named(locking.wrap(value as AnyFunction), context.name);
  return fieldInitializer(locking, label);
}

/** A function in a field, and what has been put around it: the outermost last. */
interface Layers {
  readonly owner: unknown;
  readonly name: string | symbol;
  readonly core: AnyFunction;
  readonly lockings: readonly Locking[];
}

const layersOf = new WeakMap<object, Layers>();

/**
 * Decorators of a method are applied from the inside out, but what those of a field return runs from
 * the outside in, on the value that the one before gave. All that are ours are put in order again.
 */
export function fieldInitializer(
  locking: Locking,
  label: Label,
): (this: object, initial: unknown) => AnyFunction {
  const { methodName: name } = label;
  return function (this: object, initial: unknown): AnyFunction {
    if (typeof initial !== 'function') throw misplaced(label, 'field without a function');
    const layers = addLayer({ owner: this, name, core: initial as AnyFunction }, locking);
    // A function in a field belongs to its instance, and goes with it when it is passed on.
    const wrapper = layers.lockings.reduce((inner, outer) => outer.wrap(inner, this), layers.core);
    layersOf.set(wrapper, layers);
    return named(wrapper, name);
  };
}

function addLayer(field: Omit<Layers, 'lockings'>, locking: Locking): Layers {
  const known = layersOf.get(field.core);
  if (known === undefined || known.owner !== field.owner || known.name !== field.name) {
    return { ...field, lockings: [locking] };
  }
  const lockings = [...known.lockings, locking];
  return { ...known, lockings: lockings.toSorted((one, other) => one.order - other.order) };
}

/** Compilers lose the name that the language gives to a function in a field, or a private method. */
function named(wrapper: AnyFunction, name: string | symbol): AnyFunction {
  if (wrapper.name !== '') return wrapper;
  const value = typeof name === 'symbol' ? `[${name.description ?? ''}]` : name;
  return Object.defineProperty(wrapper, 'name', { value });
}

export function misplaced(label: Label, what: string): TypeError {
  return new TypeError(
    `@Locked on ${nameOf(label)}: it stands on a ${what}, not on a method or a function in a field.`,
  );
}
