import { createLocker, type LockInspection } from '@holdfast/core';
import { lockerOptions } from '../connection/options.js';
import { printable } from '../output/printable.js';
import { table } from '../output/table.js';
import { checked } from '../usage-error.js';
import { wholeNumber } from '../whole-number.js';
import type { ListOptions } from './list-command.js';
import { ageOf, graceOf, leftOf, modeOf, nameOf, withOthers } from './words.js';
import { print } from '../output/print.js';

const HEAD = ['NAME', 'HELD', 'HOLDER', 'FOR', 'LEFT', 'WAITING', 'GRACE'];

/** Prints what is held or waited for: as a table, or line by line as it comes. */
export async function list(pattern: string | undefined, options: ListOptions): Promise<void> {
  const limit = wholeNumber('--limit', options.limit);
  await using locker = await checked(() => createLocker(lockerOptions(options)));
  const locks = await checked(() => locker.list({ match: pattern, limit, grace: true }));
  const rows: string[][] = [];
  for await (const lock of locks) {
    if (options.json === true) print(JSON.stringify(lock));
    else rows.push(rowOf(lock));
  }
  if (options.json === true || rows.length === 0) return;
  rows.sort(([a = ''], [b = '']) => (a < b ? -1 : 1));
  // The last column only where there is something in it.
  const width = rows.some((row) => row.at(-1) !== '') ? HEAD.length : HEAD.length - 1;
  print(
    table(
      HEAD.slice(0, width),
      rows.map((row) => row.slice(0, width)),
    ),
  );
}

function rowOf(lock: LockInspection): string[] {
  const [holder] = lock.holders;
  return [
    printable(lock.name),
    modeOf(lock),
    holder === undefined ? '' : withOthers(nameOf(holder), lock.holderCount),
    holder === undefined ? '' : ageOf(holder),
    holder === undefined ? '' : leftOf(holder),
    String(lock.waitingCount),
    graceOf(lock),
  ];
}
