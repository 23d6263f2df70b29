import { classNameOf } from '../label.js';
import type { LockerSource } from './source.js';

/** How to get from an instance, or a class with static methods, to its locker. */
interface Way {
  readonly property: string | symbol;
  /** Later is more derived: a class is decorated after the class that it extends. */
  readonly order: number;
  locker(self: object): unknown;
}

/** What stands where a locker is looked for. */
export interface Found {
  readonly value: unknown;
  /** Where it stands, for an error. */
  readonly from: () => string;
}

/** By prototype, and by class for static properties. */
const ways = new WeakMap<object, Way>();
let decorated = 0;

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
 * on a class, which of its properties. Subclasses inherit it.
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
 *   one.
 */
export function UseLocker(): UseLockerProperty;
export function UseLocker(property: string | symbol): UseLockerClass;
export function UseLocker(property?: string | symbol): UseLockerProperty & UseLockerClass {
  return (target: unknown, second?: unknown): void => {
    decorated += 1;
    if (typeof target === 'function' && isClass(second)) {
      if (property === undefined) throw misplaced('on a class it needs the name of a property');
      register(target.prototype as object, byName(property));
    } else if (property !== undefined) {
      throw misplaced('with the name of a property it stands on a class');
    } else if (isProperty(second)) {
      const way = byAccess(second);
      second.addInitializer(function (this: unknown) {
        const self = this as object;
        register(second.static ? self : (Object.getPrototypeOf(self) as object), way);
      });
    } else if (typeof second === 'string' || typeof second === 'symbol') {
      register(target as object, byName(second));
    } else {
      throw misplaced("it stands on a property, or as @UseLocker('property') on a class");
    }
  };
}

/** What the class of `self` marks; undefined if it marks nothing. */
export function markedLocker(self: unknown): Found | undefined {
  if ((typeof self !== 'object' && typeof self !== 'function') || self === null) return undefined;
  for (let owner: object | null = self; owner !== null; owner = parentOf(owner)) {
    const way = ways.get(owner);
    if (way === undefined) continue;
    const from = (): string =>
      `@UseLocker: the property '${String(way.property)}' of ${classNameOf(self) ?? '?'}`;
    return { value: way.locker(self), from };
  }
  return undefined;
}

type PropertyContext =
  | ClassFieldDecoratorContext
  | ClassGetterDecoratorContext
  | ClassAccessorDecoratorContext;

/** The context of a class decorator; legacy ones get none. */
function isClass(context: unknown): boolean {
  return context === undefined || (isContext(context) && context.kind === 'class');
}

function isProperty(context: unknown): context is PropertyContext {
  return isContext(context) && ['field', 'getter', 'accessor'].includes(context.kind);
}

function isContext(context: unknown): context is DecoratorContext {
  return typeof context === 'object' && context !== null && 'kind' in context;
}

function byName(property: string | symbol): Way {
  const locker = (self: object): unknown => (self as Record<string | symbol, unknown>)[property];
  return { property, order: decorated, locker };
}

function byAccess({ name, access }: PropertyContext): Way {
  return { property: name, order: decorated, locker: (self) => access.get(self) };
}

/** Initializers of a class also run for the instances of its subclasses, which may know better. */
function register(owner: object, way: Way): void {
  const known = ways.get(owner);
  if (known === undefined || known.order < way.order) ways.set(owner, way);
}

function parentOf(owner: object): object | null {
  return Object.getPrototypeOf(owner) as object | null;
}

function misplaced(why: string): TypeError {
  return new TypeError(`@UseLocker: ${why}.`);
}
