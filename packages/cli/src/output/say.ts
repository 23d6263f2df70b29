import { writeSync } from 'node:fs';
import { printable } from './printable.js';

/**
 * One line for the person, on stderr. Past `process.stderr`: that would make a pipe non-blocking, also for
 * the command that shares it.
 */
export function say(text: string): void {
  try {
    writeSync(2, `holdfast: ${printable(text)}\n`);
  } catch {
    // Nobody reads it.
  }
}
