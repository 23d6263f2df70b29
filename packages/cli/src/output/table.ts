import Table from 'cli-table3';
import { paint } from './paint.js';

/** Columns beside each other, without lines, as `kubectl` and `docker` have them. */
const CHARS = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
};

/**
 * @param widths - of the columns, as far as they are not as wide as what is in them; what is longer is cut.
 */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  widths: readonly (number | null)[] = [],
): string {
  const drawn = new Table({
    chars: CHARS,
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
    colWidths: [...widths],
    head: head.map((title) => paint('dim', title)),
  });
  drawn.push(...rows.map((row) => [...row]));
  const lines = drawn.toString().split('\n');
  return lines.map((line) => line.trimEnd()).join('\n');
}
