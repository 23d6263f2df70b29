/**
 * What a decorator knows of the class that it stands in. `target`: the prototype, or the class for
 * what is static, as legacy decorators are told. `instance` and `static`: the metadata of the class,
 * which standard decorators are told.
 */
export interface Place {
  readonly kind: 'target' | 'instance' | 'static';
  /** Undefined where a compiler tells standard decorators nothing. */
  readonly owner: object | undefined;
}

interface WithMetadata {
  readonly metadata?: symbol;
}

/**
 * Where a class keeps its metadata. No runtime has the symbol yet, and compilers tell decorators of
 * the class only if it is there when the class is defined: so it is from here on, as the language
 * will have it. One that others have put there stays.
 */
const METADATA: symbol = (Symbol as WithMetadata).metadata ?? defineSymbol();

function defineSymbol(): symbol {
  // The one that those compilers use which do not look whether it is there.
  const value = Symbol.for('Symbol.metadata');
  Object.defineProperty(Symbol, 'metadata', { value });
  return value;
}

/**
 * What standard decorators of this very class were told; undefined if it has none. `owner`: the
 * class, or its prototype.
 */
export function ownMetadata(owner: object): object | undefined {
  const definition = typeof owner === 'function' ? owner : ownConstructor(owner);
  if (typeof definition !== 'function' || !Object.hasOwn(definition, METADATA)) return undefined;
  return (definition as unknown as Readonly<Record<symbol, object>>)[METADATA];
}

/** Whether it is an instance of the class, or for a static place the class, or one that extends it. */
export function isOf(self: unknown, { kind, owner: place }: Place): boolean {
  if ((typeof self !== 'object' && typeof self !== 'function') || self === null) return false;
  const fits = (owner: object): boolean =>
    (kind === 'target' ? owner : ownMetadata(owner)) === place;
  for (let owner: object | null = self; owner !== null; owner = parentOf(owner)) {
    if (fits(owner)) return true;
  }
  return false;
}

export function parentOf(owner: object): object | null {
  return Object.getPrototypeOf(owner) as object | null;
}

function ownConstructor(prototype: object): unknown {
  return Object.hasOwn(prototype, 'constructor') ? prototype.constructor : undefined;
}
