import { createLocker, type InspectedHolder, type LockInspection } from '@holdfast/core';
import { lockerOptions } from '../connection/options.js';
import { paint } from '../output/paint.js';
import { printable } from '../output/printable.js';
import { table } from '../output/table.js';
import { checked } from '../usage-error.js';
import { wholeNumber } from '../whole-number.js';
import type { ShowOptions } from './show-command.js';
import { ageOf, graceOf, leftOf, modeOf, nameOf, wishOf } from './words.js';
import { print } from '../output/print.js';

/** Prints one lock: who holds it, and the line. */
export async function show(name: string, options: ShowOptions): Promise<void> {
  const waiting = wholeNumber('--waiting', options.waiting);
  await using locker = await checked(() => createLocker(lockerOptions(options)));
  const lock = await checked(() => locker.inspect(name, { waiting, grace: true }));
  if (options.json === true) print(JSON.stringify(lock, undefined, 2));
  else print(describe(lock));
}

export function describe(lock: LockInspection): string {
  const parts = [`${paint('bold', printable(lock.name))}  ${modeOf(lock)}`];
  if (lock.graceRemaining !== undefined) {
    parts.push(`a grace runs: nobody new gets it for ${graceOf(lock)}`);
  }
  if (lock.holders.length > 0) {
    const head = ['HOLDER', 'FOR', 'LEFT', 'FENCING TOKEN', 'LISTENS'];
    parts.push(table(head, lock.holders.map(holderRow)) + more(lock.holders, lock.holderCount));
  }
  if (lock.waiting.length > 0) {
    const rows = lock.waiting.map((waiter, index) => [
      String(index + 1),
      nameOf(waiter),
      ageOf(waiter),
      wishOf(waiter),
      waiter.listening ? 'yes' : paint('yellow', 'no'),
    ]);
    const line = table(['#', 'WAITS', 'FOR', 'ASKS FOR', 'LISTENS'], rows);
    parts.push(line + more(lock.waiting, lock.waitingCount));
  }
  return parts.join('\n\n');
}

function holderRow(holder: InspectedHolder): string[] {
  const what = [nameOf(holder), ageOf(holder), leftOf(holder)];
  if (holder.kind === 'foreign') return [...what, '', ''];
  return [...what, String(holder.fencingToken), holder.listening ? 'yes' : 'no'];
}

function more(shown: readonly unknown[], count: number): string {
  return count > shown.length ? `\nand ${count - shown.length} more` : '';
}
