import type { LockInspection } from '@holdfast/core';
import { ageOf, leftOf, modeOf, nameOf, withOthers } from '../look/words.js';
import { counted } from '../output/counted.js';
import { paint } from '../output/paint.js';
import { printable } from '../output/printable.js';
import { span } from '../output/span.js';
import { table } from '../output/table.js';
import type { Leases } from './leases.js';
import type { Look } from './look.js';
import type { Size } from './screen.js';

/** Lines around the table: what is above it, its head, what is left out, and the cursor. */
const AROUND = 5;

/** How many locks have room. */
export function roomFor({ rows }: Size): number {
  return Math.max(1, rows - AROUND);
}

const BAR = 10;
/** Of all columns but the first and the last, with a gap behind each. */
const WIDTHS = [15, 22, 9, BAR + 9];

/** One picture of the live view. */
export function frame(
  { locks, waiting, graceRemaining }: Look,
  handOffs: number | undefined,
  leases: Leases,
  size: Size,
): string {
  const room = roomFor(size);
  const counts = [counted(locks.length, 'lock'), `${waiting} waiting`];
  if (handOffs !== undefined) counts.push(`${handOffs.toFixed(handOffs < 10 ? 1 : 0)} hand-offs/s`);
  if (graceRemaining !== undefined) {
    counts.push(paint('yellow', `a grace runs, ${span(graceRemaining)} left`));
  }
  const title = `${paint('bold', 'holdfast')}  ${counts.join(', ')}`;
  if (locks.length === 0) return title;
  const rows = locks.slice(0, room).map((lock) => rowOf(lock, leases));
  const rest = size.columns - WIDTHS.reduce((sum, width) => sum + width, 0);
  const name = Math.max(12, Math.min(longest(rows), Math.floor(rest / 2)));
  const widths = [name, ...WIDTHS, Math.max(12, rest - name)];
  const head = ['NAME', 'HELD', 'HOLDER', 'FOR', 'LEASE', 'LINE'];
  const drawn = `${title}\n\n${table(head, rows, widths)}`;
  return locks.length > room ? `${drawn}\nand ${locks.length - room} more` : drawn;
}

function longest(rows: readonly (readonly string[])[]): number {
  return rows.reduce((most, [name = '']) => Math.max(most, name.length + 2), 0);
}

function rowOf(lock: LockInspection, leases: Leases): string[] {
  const [holder] = lock.holders;
  const held =
    holder === undefined
      ? ['', '', '']
      : [
          withOthers(nameOf(holder), lock.holderCount),
          ageOf(holder),
          `${bar(leases.part(holder))} ${leftOf(holder)}`,
        ];
  return [printable(lock.name), modeOf(lock), ...held, lineOf(lock)];
}

/** Full right after a renewal; a third of it goes before the next one. */
function bar(part: number | undefined): string {
  if (part === undefined) return ' '.repeat(BAR);
  const full = Math.round(part * BAR);
  const text = '█'.repeat(full) + '░'.repeat(BAR - full);
  return paint(part > 0.5 ? 'green' : part > 0.25 ? 'yellow' : 'red', text);
}

function lineOf({ waiting, waitingCount }: LockInspection): string {
  if (waitingCount === 0) return '';
  const names = waiting.map((waiter) =>
    waiter.listening ? nameOf(waiter) : paint('dim', `${nameOf(waiter)} (gone)`),
  );
  const more = waitingCount > waiting.length ? ', …' : '';
  return `${waitingCount}: ${names.join(', ')}${more}`;
}
