import { type Label, nameOf, show } from '../label.js';
import { disregardRejection } from '../rejection.js';
import type { ParameterPart } from './lock-key.js';
import { type LockKeyPart, objectionTo, PartEncoder } from './part.js';
import { type Path, textOfPath, valueAt } from './path.js';
import { parseTemplate, type Template } from './template.js';

/** Gives a call its lock name. It throws a `TypeError` if there can be none. */
export type Naming<Name = string> = (self: unknown, args: readonly unknown[]) => Name;

/** A key as it was parsed: how it names a call, and the parts that it is made of. */
export interface Key<Name = string> {
  readonly naming: Naming<Name>;
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

export function malformed(label: Label, why: string): TypeError {
  return new TypeError(`@Locked on ${nameOf(label)}: the key is malformed: ${why}.`);
}

/** @throws {TypeError} if it is malformed. */
export function parseSingle(key: unknown, marked: readonly ParameterPart[], label: Label): Key {
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

function byParts(texts: readonly string[], parts: readonly Part[], label: Label): Naming {
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

function byFunction(key: KeyFunction, label: Label): Naming {
  return (self, args) => {
    const name = key.apply(self, [...args]);
    if (typeof name === 'string' && name !== '' && name.isWellFormed()) return name;
    disregardRejection(name);
    throw new TypeError(
      `@Locked on ${nameOf(label, self)}: the key function gave ${show(name)}, not a lock name.`,
    );
  };
}
