import { show } from '../label.js';

/** What can be a part of a lock name. `7`, `7n` and `'7'` are the same part. */
export type LockKeyPart = string | number | bigint | boolean;

/**
 * What an escape consists of, apart from its `%`. ASCII alone, and for good: what a letter of other
 * scripts is, each runtime knows from its own edition of Unicode, and two processes that disagree on
 * a name do not exclude each other.
 */
const WORD = /^[A-Za-z0-9]$/;

/** Each byte as an escape. */
const ESCAPES = Array.from({ length: 256 }, (_, byte) => {
  return `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
});

/** What identifiers, addresses and versions are made of besides; escaped only where it separates. */
const PLAIN = ['-', '_', '.', '~', '@', '+'];

/**
 * Writes values as parts of a lock name. Letters and digits of ASCII and a few plain characters
 * stand for themselves; everything else is percent-encoded, byte by byte of its UTF-8, and so is
 * what separates the parts of this template. An encoded part never contains a separator, so
 * different parts give different names.
 */
export class PartEncoder {
  /** How each byte is written. */
  readonly #written: readonly string[];
  /** What most parts are: no need to look at each byte. */
  readonly #plain: RegExp;

  /** @param separators the texts between two parts */
  constructor(separators: readonly string[]) {
    const plain = PLAIN.filter((char) => !separators.some((text) => text.includes(char)));
    this.#written = ESCAPES.map((escape, byte) => {
      const char = String.fromCharCode(byte);
      return WORD.test(char) || plain.includes(char) ? char : escape;
    });
    this.#plain = new RegExp(`^[A-Za-z0-9${plain.map((char) => `\\${char}`).join('')}]+$`);
  }

  encode(part: LockKeyPart): string {
    const text = String(part);
    if (this.#plain.test(text)) return text;
    const bytes = Buffer.from(text);
    const written = Array<string | undefined>(bytes.length);
    for (let at = 0; at < bytes.length; at += 1) written[at] = this.#written[bytes[at] ?? 0];
    return written.join('');
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
  return Array.from(text).some((char) => char !== '%' && !WORD.test(char));
}
