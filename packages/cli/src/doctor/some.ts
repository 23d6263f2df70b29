import { printable } from '../output/printable.js';

/** So many are named. */
const NAMED = 3;

/** The first of them, by name. */
export function some(names: readonly string[]): string {
  const shown = names.slice(0, NAMED).map((name) => printable(name));
  return shown.join(', ') + (names.length > NAMED ? ', …' : '');
}
