import { createLocker, type LockInspection } from '@holdfast/core';
import { lockerOptions } from '../connection/options.js';
import { printable } from '../output/printable.js';
import { table } from '../output/table.js';
import { checked } from '../usage-error.js';
import { wholeNumber } from '../whole-number.js';
import type { ListOptions } from './list-command.js';
import { ageOf, graceOf, leftOf, modeOf, nameOf, withOthers } from './words.js';
import { print } from '../output/print.js';

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
  const head = ['NAME', 'HELD', 'HOLDER', 'FOR', 'LEFT', 'WAITING'];
  const hasGrace = rows.some((row) => row[head.length] !== '');
  print(
    hasGrace
      ? table([...head, 'GRACE'], rows)
      : table(
          head,
          rows.map((row) => row.slice(0, -1)),
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
