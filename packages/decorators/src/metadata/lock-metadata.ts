import type { LockedKey, LockedOptions } from '../options.js';

/** What `@Locked` knows of a method. */
export interface LockMetadata {
  /** As it was given. */
  readonly key: LockedKey;
  /**
   * Where the parts of the lock name come from, in their order: `{0.id}`, `{this.region}`. Those of
   * `@LockKey` parameters follow those of the key. Empty if the key is a function.
   */
  readonly parts: readonly string[];
  /** As they were given; a ttl in their place is among them. */
  readonly options: LockedOptions;
}

type Name = string | symbol;
type List = readonly LockMetadata[];

/**
 * What a decorator knows of the class that it stands in. `target`: the prototype, or the class for
 * a static method, as legacy decorators are told. `instance` and `static`: the class's
 * `Symbol.metadata`, which standard decorators are told where the runtime has that symbol.
 */
export interface Place {
  readonly kind: 'target' | 'instance' | 'static';
  readonly owner: object | undefined;
  readonly name: Name;
}

const lists = {
  target: new WeakMap<object, Map<Name, List>>(),
  instance: new WeakMap<object, Map<Name, List>>(),
  static: new WeakMap<object, Map<Name, List>>(),
};
const ofFunctions = new WeakMap<object, List>();

/** Remembers it at the class, so that it is found although another decorator wraps ours. */
export function remember(metadata: LockMetadata, place: Place): void {
  const { kind, owner, name } = place;
  if (owner === undefined) return;
  const ofOwner = lists[kind].get(owner) ?? new Map<Name, List>();
  lists[kind].set(owner, ofOwner.set(name, [metadata, ...(listAt(place) ?? [])]));
}

/** Remembers it at the wrapper, where it is found although there is no word of the class. */
export function attach(metadata: LockMetadata, wrapper: object, method: object): void {
  ofFunctions.set(wrapper, [metadata, ...(ofFunctions.get(method) ?? [])]);
}

/**
 * What `@Locked` knows of a method, for tools: one entry for each `@Locked` that stands on it, the
 * outermost first; none if it is not locked, or overridden by a method that is not.
 *
 * With standard decorators, fields, and methods that another decorator has wrapped once more, are
 * only found where `Symbol.metadata` exists, or on an instance.
 *
 * @param target - a class, for its instance methods and then its static ones; or any object.
 */
export function getLockMetadata(target: object, name: string | symbol): readonly LockMetadata[] {
  if (typeof target !== 'function') return search(target, name);
  const { prototype } = target as { readonly prototype?: object | null };
  const ofInstances = search(prototype ?? null, name);
  return ofInstances.length > 0 ? ofInstances : search(target, name);
}

function search(start: object | null, name: Name): List {
  for (let owner = start; owner !== null; owner = Object.getPrototypeOf(owner) as object | null) {
    const known = listAt({ kind: 'target', owner, name }) ?? listAt(placeIn(owner, name));
    const property = Object.getOwnPropertyDescriptor(owner, name);
    if (property !== undefined) return known ?? ofFunction(property.value) ?? [];
    if (known !== undefined) return known;
  }
  return [];
}

function listAt({ kind, owner, name }: Place): List | undefined {
  return owner && lists[kind].get(owner)?.get(name);
}

function ofFunction(value: unknown): List | undefined {
  return typeof value === 'function' ? ofFunctions.get(value) : undefined;
}

/** Where standard decorators left their word about a class, or about the class of a prototype. */
function placeIn(owner: object, name: Name): Place {
  const kind = typeof owner === 'function' ? 'static' : 'instance';
  const definition: unknown =
    kind === 'static' ? owner : Object.getOwnPropertyDescriptor(owner, 'constructor')?.value;
  const { metadata } = Symbol as { readonly metadata?: symbol };
  if (typeof definition !== 'function' || metadata === undefined) {
    return { kind, owner: undefined, name };
  }
  const value = Object.getOwnPropertyDescriptor(definition, metadata)?.value as object | undefined;
  return { kind, owner: value, name };
}
