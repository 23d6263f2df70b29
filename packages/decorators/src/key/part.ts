import { show } from '../label.js';

/** What can be a part of a lock name. `7`, `7n` and `'7'` are the same part. */
export type LockKeyPart = string | number | bigint | boolean;

/** Letters and digits, of all scripts: what an escape consists of, apart from its `%`. */
const WORD = String.raw`\p{L}\p{M}\p{N}`;
const IS_WORD = new RegExp(`^[${WORD}]$`, 'u');

/** What most parts are: no need to ask what is special, which takes several times as long. */
const ALWAYS_PLAIN = /^[A-Za-z0-9]+$/;

/** What identifiers, addresses and versions are made of besides; escaped only where it separates. */
const PLAIN = ['-', '_', '.', '~', '@', '+'];

/**
 * Writes values as parts of a lock name. Letters, digits and a few plain characters stand for
 * themselves; everything else is percent-encoded, and so is what separates the parts of this
 * template. An encoded part never contains a separator, so different parts give different names.
 */
export class PartEncoder {
  readonly #special: RegExp;

  /** @param separators the texts between two parts */
  constructor(separators: readonly string[]) {
    const plain = PLAIN.filter((char) => !separators.some((text) => text.includes(char)));
    const escaped = plain.map((char) => `\\${char}`).join('');
    // `_`, `~` and `@` must not be escaped in a pattern, and need no escape.
    this.#special = new RegExp(`[^${WORD}${escaped.replaceAll(/\\([_~@])/g, '$1')}]`, 'gu');
  }

  encode(part: LockKeyPart): string {
    const text = String(part);
    return ALWAYS_PLAIN.test(text) ? text : text.replaceAll(this.#special, percentEncoded);
  }
}

/** What keeps a value from being a part, as in "the part … is undefined"; undefined if nothing does. */
export function objectionTo(value: unknown): string | undefined {
  switch (typeof value) {
    case 'string':
      if (value === '') return 'is an empty string';
      return value.isWellFormed() ? undefined : 'has half a surrogate pair';
    case 'number':
      return Number.isFinite(value) ? undefined : `is ${value}`;
    case 'bigint':
    case 'boolean':
      return undefined;
    default:
      return `is ${show(value)}`;
  }
}

/** Whether a text ends the part before it: it has a character that no encoded part contains. */
export function separates(text: string): boolean {
  return Array.from(text).some((char) => char !== '%' && !IS_WORD.test(char));
}

function percentEncoded(char: string): string {
  const bytes = [...new TextEncoder().encode(char)];
  return bytes.map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');
}
