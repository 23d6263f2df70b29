import { type Label, nameOf, show } from '../label.js';
import { disregardRejection } from '../rejection.js';
import type { ParameterPart } from './lock-key.js';
import { type LockKeyPart, objectionTo, PartEncoder } from './part.js';
import { type Path, textOfPath, valueAt } from './path.js';
import { parseTemplate, type Template } from './template.js';

/** Gives a call its lock name, or those of a list. It throws a `TypeError` if there can be none. */
export type Naming<Names = string | readonly string[]> = (
  self: unknown,
  args: readonly unknown[],
) => Names;

/** A key as it was parsed: how it names a call, and the parts that it is made of. */
export interface Key<Names = string | readonly string[]> {
  readonly naming: Naming<Names>;
  /** As in `LockMetadata`. */
  readonly parts: readonly string[];
}

interface Part {
  /** `{0.id}` */
  readonly text: string;
  valueOf(self: unknown, args: readonly unknown[]): unknown;
}

/** A key function, when its types have done their work. */
type KeyFunction = (this: unknown, ...args: readonly unknown[]) => unknown;

/** @throws {TypeError} if a key is malformed. */
export function parseKey(key: unknown, marked: readonly ParameterPart[], label: Label): Key {
  if (!Array.isArray(key)) return parseSingle(key, marked, label);
  if (key.length === 0) throw malformed(label, 'the list is empty');
  if (marked.length > 0)
    throw malformed(label, 'it is a list, and there are @LockKey parameters too');
  const keys = Array.from(key as unknown[], (one) => parseSingle(one, [], label));
  return {
    // Two arguments may well be the same: one lock is enough for both.
    naming: (self, args) => [...new Set(keys.map(({ naming }) => naming(self, args)))],
    parts: keys.flatMap(({ parts }) => parts),
  };
}

function malformed(label: Label, why: string): TypeError {
  return new TypeError(`@Locked on ${nameOf(label)}: the key is malformed: ${why}.`);
}

function parseSingle(key: unknown, marked: readonly ParameterPart[], label: Label): Key<string> {
  const wrong = (why: string): TypeError => malformed(label, why);
  if (typeof key === 'function') {
    if (marked.length > 0) throw wrong('it is a function, and there are @LockKey parameters too');
    return { naming: byFunction(key as KeyFunction, label), parts: [] };
  }
  if (typeof key !== 'string') throw wrong(`${show(key)} is neither a string nor a function`);
  if (key === '') throw wrong('it is empty');
  if (!key.isWellFormed()) throw wrong('it has half a surrogate pair');
  const { texts, paths } = parsed(key, wrong);
  const parts = [...paths.map((path) => partOfPath(path)), ...marked.map((mark) => partOf(mark))];
  return {
    naming: byParts(withMarks(texts, marked.length), parts, label),
    parts: parts.map(({ text }) => text),
  };
}

function parsed(key: string, wrong: (why: string) => TypeError): Template {
  try {
    return parseTemplate(key);
  } catch (error) {
    throw wrong((error as TypeError).message);
  }
}

/** A colon before each part that comes from a parameter. */
function withMarks(texts: readonly string[], count: number): readonly string[] {
  if (count === 0) return texts;
  const last = texts.at(-1) ?? '';
  return [...texts.slice(0, -1), `${last}:`, ...Array<string>(count - 1).fill(':'), ''];
}

function partOfPath(path: Path): Part {
  return { text: textOfPath(path), valueOf: (self, args) => valueAt(path, self, args) };
}

function partOf(mark: ParameterPart): Part {
  const { index } = mark;
  if (mark.kind === 'path') return partOfPath({ root: index, properties: mark.properties });
  return {
    text: `@LockKey(…) of {${index}}`,
    valueOf: (_, args) => watched(mark.select(args[index])),
  };
}

/** A promise is no part: the call is told so, and not that it rejects as well. */
function watched(value: unknown): unknown {
  disregardRejection(value);
  return value;
}

function byParts(texts: readonly string[], parts: readonly Part[], label: Label): Naming<string> {
  const [first = ''] = texts;
  if (parts.length === 0) return () => first;
  const encoder = new PartEncoder(texts.slice(1, -1));
  return (self, args) => {
    let name = first;
    for (const [index, part] of parts.entries()) {
      const value = part.valueOf(self, args);
      const reason = objectionTo(value);
      if (reason !== undefined) {
        const method = nameOf(label, self);
        throw new TypeError(`@Locked on ${method}: the part ${part.text} of the key ${reason}.`);
      }
      name += encoder.encode(value as LockKeyPart) + (texts[index + 1] ?? '');
    }
    return name;
  };
}

function byFunction(key: KeyFunction, label: Label): Naming<string> {
  return (self, args) => {
    const name = key.apply(self, [...args]);
    if (typeof name === 'string' && name !== '' && name.isWellFormed()) return name;
    disregardRejection(name);
    throw new TypeError(
      `@Locked on ${nameOf(label, self)}: the key function gave ${show(name)}, not a lock name.`,
    );
  };
}
