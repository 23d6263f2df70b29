import { CRC, SLOTS } from './slot.js';

/** This order is part of the protocol: every locker has to find the same tag for a slot. */
const ALPHABET = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
const CODES = Uint8Array.from(ALPHABET, (character) => character.charCodeAt(0));
const IS_ALLOWED = new Set(CODES);

/** By the low byte of a remainder: what was hashed last. That byte tells it alone. */
const LAST_BY_LOW = new Uint8Array(256);
for (const [byte, crc] of CRC.entries()) LAST_BY_LOW[crc & 0xff] = byte;

/** Of this process: what was found is the same for all. */
const found: (string | undefined)[] = Array.from({ length: SLOTS });

/**
 * The tag of a slot: the first three characters, in the order of the alphabet, that are in it. As
 * `{tag}` in a key they put it there, whatever else the key has.
 */
export function tagOf(slot: number): string {
  return (found[slot] ??= find(slot));
}

function find(slot: number): string {
  // What the third character has to bring: the rest follows from the first two.
  const row = LAST_BY_LOW[slot & 0xff] as number;
  const high = ((CRC[row] as number) ^ slot) & 0x3f00;
  for (const first of CODES) {
    const one = CRC[first] as number;
    for (const second of CODES) {
      const two = ((one << 8) & 0xffff) ^ (CRC[(one >> 8) ^ second] as number);
      const third = row ^ (two >> 8);
      if (((two << 8) & 0x3f00) === high && IS_ALLOWED.has(third)) {
        return String.fromCharCode(first, second, third);
      }
    }
  }
  throw new Error(`No tag is in slot ${slot}.`);
}
