import { STANDARD } from '../dialects.js';
import { type Descriptor, finish, isDescriptor } from '../descriptor.js';
import { classNameOf } from '../label.js';
import { disregardRejection } from '../rejection.js';
import { markOf, setMark } from './marks.js';
import { byAccess, byName, type PropertyContext } from './property.js';
import type { LockerSource } from './source.js';

/** What stands where a locker is looked for. */
export interface Found {
  readonly value: unknown;
  /** Where it stands, for an error. */
  readonly from: () => string;
}

/** Marks a property whose value is the locker, in both dialects; getters and accessors too. */
export interface UseLockerProperty {
  <This, V extends LockerSource>(
    value: undefined,
    context: ClassFieldDecoratorContext<This, V>,
  ): void;
  <This, V extends LockerSource>(
    value: (this: This) => V,
    context: ClassGetterDecoratorContext<This, V>,
  ): void;
  <This, V extends LockerSource>(
    value: ClassAccessorDecoratorTarget<This, V>,
    context: ClassAccessorDecoratorContext<This, V>,
  ): void;
  (target: object, name: string | symbol, descriptor?: PropertyDescriptor): void;
}

/** Names the property on its class, in both dialects. */
export type UseLockerClass = (
  target: abstract new (...args: never) => unknown,
  context?: ClassDecoratorContext,
) => void;

/**
 * Says where the methods of a class find their locker: on a property, that its value is the locker;
 * on a class, which of its properties. Subclasses inherit it, or have their own. Where the property
 * is empty, calls reject, and do not take the default.
 *
 * @example
 * ```ts
 * class Invoices {
 *   @UseLocker() readonly locker: Locker = otherLocker;
 * }
 * ```
 * @example A property that is not declared in the class body
 * ```ts
 * @UseLocker('locker')
 * class Invoices {
 *   constructor(private readonly locker: Locker) {}
 * }
 * ```
 *
 * @throws {TypeError} when the class is defined, if it does not stand on a property or does not name
 *   one, or if the compiler gives standard decorators no metadata of the class.
 */
export function UseLocker(): UseLockerProperty;
export function UseLocker(property: string | symbol): UseLockerClass;
export function UseLocker(property?: string | symbol): UseLockerProperty & UseLockerClass {
  const decorate = (target: unknown, second?: unknown): unknown => {
    if (second === undefined && isDescriptor(target)) return markElement(target, property);
    if (typeof target === 'function' && isClass(second)) {
      if (property === undefined) throw misplaced('on a class it needs the name of a property');
      const metadata = second?.metadata as object | undefined;
      if (metadata !== undefined) setMark(byName(property), 'instance', metadata);
      else setMark(byName(property), 'target', target.prototype as object);
    } else if (property !== undefined) {
      throw misplaced('with the name of a property it stands on a class');
    } else if (isProperty(second)) {
      setMark(byAccess(second), second.static ? 'static' : 'instance', metadataOf(second));
      return watched[second.kind];
    } else if (typeof second === 'string' || typeof second === 'symbol') {
      setMark(byName(second), 'target', target as object);
      // A static property has its value already; others are out of reach of a legacy decorator.
      watch(Object.getOwnPropertyDescriptor(target, second)?.value);
    } else {
      throw misplaced("it stands on a property, or as @UseLocker('property') on a class");
    }
    return undefined;
  };
  return decorate;
}

/** As a decorator of the proposal of 2018, which tells the class at last. */
function markElement(element: Descriptor, property: string | symbol | undefined): object {
  if (element.kind === 'class') {
    if (property === undefined) throw misplaced('on a class it needs the name of a property');
    return finish(element, (owner) => setMark(byName(property), 'target', owner));
  }
  if (property !== undefined) throw misplaced('with the name of a property it stands on a class');
  const { key, initializer } = element;
  const finished = finish(element, (owner) => setMark(byName(key), 'target', owner));
  if (initializer === undefined) return finished;
  return { ...finished, initializer: initialWatched(initializer) };
}

function initialWatched(initializer: (this: object) => unknown): (this: object) => unknown {
  return function (this: object): unknown {
    return watch(initializer.call(this));
  };
}

/** What the class of `self` marks; undefined if it marks nothing. */
export function markedLocker(self: unknown): Found | undefined {
  if ((typeof self !== 'object' && typeof self !== 'function') || self === null) return undefined;
  const mark = markOf(self);
  if (mark === undefined) return undefined;
  const from = (): string =>
    `@UseLocker: the property '${String(mark.property)}' of ${classNameOf(self) ?? '?'}`;
  return { value: mark.locker(self), from };
}

/** What is put into a property: a promise that rejects is told to the calls that need it. */
const watched = { field: watch, accessor: { init: watch }, getter: undefined };

function watch<V>(value: V): V {
  disregardRejection(value);
  return value;
}

/** The context of a class decorator; legacy ones get none. */
function isClass(context: unknown): context is ClassDecoratorContext | undefined {
  return context === undefined || (isContext(context) && context.kind === 'class');
}

function isProperty(context: unknown): context is PropertyContext {
  return isContext(context) && ['field', 'getter', 'accessor'].includes(context.kind);
}

function isContext(context: unknown): context is DecoratorContext {
  return typeof context === 'object' && context !== null && 'kind' in context;
}

/** Without it we would know the class from its first instance on, and until then take another locker. */
function metadataOf({ metadata }: DecoratorContext): object {
  const known = metadata as object | undefined;
  if (known !== undefined) return known;
  throw misplaced(
    "the compiler gives decorators no metadata; @UseLocker('property') on the class does without, " +
      `or ${STANDARD}`,
  );
}

function misplaced(why: string): TypeError {
  return new TypeError(`@UseLocker: ${why}.`);
}
