import { type Label, nameOf, show } from '../label.js';
import { type MetadataKey, reflectMetadata } from '../metadata/reflect.js';
import type { LockKeyPart } from './part.js';
import { parseProperties } from './path.js';

/** What a parameter contributes to the lock name. */
export type ParameterPart =
  | { readonly kind: 'path'; readonly index: number; readonly properties: readonly string[] }
  | { readonly kind: 'function'; readonly index: number; readonly select: Select };

type Select = (value: unknown) => unknown;

/** A parameter decorator of the legacy dialect. Standard decorators have none. */
export type LockKeyDecorator = (
  target: object,
  name: string | symbol | undefined,
  index: number,
) => void;

/** The key of our metadata on a method: `Reflect.getOwnMetadata(LOCK_KEY, target, name)`. */
const LOCK_KEY: MetadataKey = 'holdfast:lock-key';

/** Where the marks are kept as long as reflect-metadata is not loaded. */
const marks = new WeakMap<object, Map<string | symbol, readonly ParameterPart[]>>();

/**
 * Marks a parameter as part of the lock name: the parameter itself, a property of it, or what a
 * function makes of it. The parts follow the key of `@Locked` in the order of the parameters, each
 * after a colon. Only in the legacy dialect (`experimentalDecorators`); in both dialects the key
 * itself can name arguments.
 *
 * @example The lock is `invoice:<id>`
 * ```ts
 * class Invoices {
 *   @Locked('invoice')
 *   async charge(@LockKey('id') invoice: Invoice): Promise<void> {}
 * }
 * ```
 *
 * @throws {TypeError} when the class is defined, if it does not stand on a parameter of a method,
 *   or does not name a property.
 */
export function LockKey(property?: string): LockKeyDecorator;
export function LockKey(select: (value: never) => LockKeyPart): LockKeyDecorator;
export function LockKey(what?: string | ((value: never) => LockKeyPart)): LockKeyDecorator {
  return (target, name, index) => {
    if (name === undefined || typeof index !== 'number') {
      throw new TypeError('@LockKey: it stands on a parameter of a method.');
    }
    const className = typeof target === 'function' ? target.name : target.constructor.name;
    const part = parsePart(what, index, { className, methodName: name });
    const parts = [part, ...markedParts(target, name)];
    keep(
      target,
      name,
      parts.toSorted((one, other) => one.index - other.index),
    );
  };
}

/** The parts that are marked on a method of this very class, in the order of the parameters. */
export function markedParts(target: object, name: string | symbol): readonly ParameterPart[] {
  const reflect = reflectMetadata();
  const parts = reflect
    ? reflect.getOwnMetadata(LOCK_KEY, target, name)
    : marks.get(target)?.get(name);
  return (parts as readonly ParameterPart[] | undefined) ?? [];
}

function keep(target: object, name: string | symbol, parts: readonly ParameterPart[]): void {
  const reflect = reflectMetadata();
  if (reflect !== undefined) {
    reflect.defineMetadata(LOCK_KEY, parts, target, name);
    return;
  }
  const ofTarget = marks.get(target) ?? new Map<string | symbol, readonly ParameterPart[]>();
  marks.set(target, ofTarget.set(name, parts));
}

function parsePart(what: unknown, index: number, label: Label): ParameterPart {
  if (what === undefined) return { kind: 'path', index, properties: [] };
  if (typeof what === 'function') return { kind: 'function', index, select: what as Select };
  const properties = typeof what === 'string' ? parseProperties(what.split('.')) : undefined;
  if (properties !== undefined) return { kind: 'path', index, properties };
  throw new TypeError(
    `@LockKey on parameter ${index} of ${nameOf(label)}: ${show(what)} does not name a property.`,
  );
}
