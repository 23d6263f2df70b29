import type { Mark } from './marks.js';

/** What standard decorators are told of a property that can hold a locker. */
export type PropertyContext =
  | ClassFieldDecoratorContext
  | ClassGetterDecoratorContext
  | ClassAccessorDecoratorContext;

/** By its name, as one reads it. */
export function byName(property: string | symbol): Mark {
  const locker = (self: object): unknown => (self as Record<string | symbol, unknown>)[property];
  return { property, locker };
}

/** A private property is read by what the compiler gives for that; others have a name. */
export function byAccess({ name, access, ...context }: PropertyContext): Mark {
  return context.private
    ? { property: name, locker: (self) => readPrivate(name, access, self) }
    : byName(name);
}

type Access = Pick<PropertyContext['access'], 'get'> &
  Partial<Pick<PropertyContext['access'], 'has'>>;

/** Where the property is not there yet, as in the constructor of a base class, it is undefined. */
function readPrivate(name: string | symbol, access: Access, self: object): unknown {
  // By the decoratorVersion '2022-03' of swc one cannot ask; the language throws a TypeError then.
  const isThere = access.has?.(self);
  if (isThere === false) return undefined;
  try {
    return access.get(self);
  } catch (error) {
    if (isThere === undefined && error instanceof TypeError) return undefined;
    // The code of swc's '2023-11' to read it has a name that is not declared.
    if (!(error instanceof ReferenceError)) throw error;
    const why = `the compiler gives no way to read '${String(name)}' (${String(error)})`;
    const message = `@UseLocker: ${why}. Mark a property that is not private.`;
    throw new TypeError(message, { cause: error });
  }
}
