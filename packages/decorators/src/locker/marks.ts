import { isOf, ownMetadata, parentOf, type Place } from '../metadata/place.js';

/** How to get from an instance, or a class with static methods, to its locker. */
export interface Mark {
  readonly property: string | symbol;
  locker(self: object): unknown;
}

/** By what a decorator knows of the class that is marked. */
const marks = {
  target: new WeakMap<object, Mark>(),
  instance: new WeakMap<object, Mark>(),
  static: new WeakMap<object, Mark>(),
};

/** A mark of the class itself, or of one that extends it. */
const further = {
  target: new WeakMap<object, Mark>(),
  instance: new WeakMap<object, Mark>(),
  static: new WeakMap<object, Mark>(),
};

/** All that is known of a class is known when it has been defined, before there is an instance. */
export function setMark(mark: Mark, kind: Place['kind'], owner: object): void {
  marks[kind].set(owner, mark);
  for (let base: object | null = owner; base !== null; base = parentOf(base)) {
    further[kind].set(base, mark);
  }
}

/** The mark of the class of `self`, or of the nearest that it extends. */
export function markOf(self: object): Mark | undefined {
  const byMetadata = typeof self === 'function' ? marks.static : marks.instance;
  // What is called on is a prototype itself in `Service.prototype.work()` alone: looked at last.
  const isInstance = typeof self !== 'function';
  for (let owner = isInstance ? parentOf(self) : self; owner !== null; owner = parentOf(owner)) {
    const mark = markedBy(owner, byMetadata);
    if (mark !== undefined) return mark;
  }
  return isInstance ? markedBy(self, byMetadata) : undefined;
}

function markedBy(owner: object, byMetadata: WeakMap<object, Mark>): Mark | undefined {
  const mark = marks.target.get(owner);
  if (mark !== undefined) return mark;
  const metadata = ownMetadata(owner);
  return metadata === undefined ? undefined : byMetadata.get(metadata);
}

/**
 * A mark that a method of this class might have found, had it been called on what its class, or one
 * that extends it, makes. Undefined if it was, or if there is none.
 */
export function missedMark(self: unknown, place: Place): Mark | undefined {
  const { kind, owner } = place;
  if (owner === undefined) return undefined;
  let mark = further[kind].get(owner);
  for (let base = parentOf(owner); mark === undefined && base !== null; base = parentOf(base)) {
    mark = marks[kind].get(base);
  }
  return mark === undefined || isOf(self, place) ? undefined : mark;
}
