import type { LockedKey, LockedOptions } from '../options.js';
import { ownMetadata, type Place } from './place.js';

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

const lists = {
  target: new WeakMap<object, Map<Name, List>>(),
  instance: new WeakMap<object, Map<Name, List>>(),
  static: new WeakMap<object, Map<Name, List>>(),
};
const ofFunctions = new WeakMap<object, List>();

/** Remembers it at the class, so that it is found although another decorator wraps ours. */
export function remember(metadata: LockMetadata, place: Place, name: Name): void {
  const { kind, owner } = place;
  if (owner === undefined) return;
  const ofOwner = lists[kind].get(owner) ?? new Map<Name, List>();
  lists[kind].set(owner, ofOwner.set(name, [metadata, ...(listAt(place, name) ?? [])]));
}

/** Remembers it at the wrapper, where it is found although there is no word of the class. */
export function attach(metadata: LockMetadata, wrapper: object, method: object): void {
  ofFunctions.set(wrapper, [metadata, ...(ofFunctions.get(method) ?? [])]);
}

/**
 * What `@Locked` knows of a method, for tools: one entry for each `@Locked` that stands on it, the
 * outermost first; none if it is not locked, or overridden by a method that is not.
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
    const known = listAt({ kind: 'target', owner }, name) ?? listAt(placeIn(owner), name);
    const property = Object.getOwnPropertyDescriptor(owner, name);
    if (property !== undefined) return known ?? ofFunction(property.value) ?? [];
    if (known !== undefined) return known;
  }
  return [];
}

function listAt({ kind, owner }: Place, name: Name): List | undefined {
  return owner && lists[kind].get(owner)?.get(name);
}

function ofFunction(value: unknown): List | undefined {
  return typeof value === 'function' ? ofFunctions.get(value) : undefined;
}

/** Where standard decorators left their word about a class, or about the class of a prototype. */
function placeIn(owner: object): Place {
  return { kind: typeof owner === 'function' ? 'static' : 'instance', owner: ownMetadata(owner) };
}
