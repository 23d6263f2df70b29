import { type LockInspection, type Locker, RedisRefusedError } from '@holdfast/core';
import { counted } from '../../output/counted.js';
import { type Finding, findingsOf } from '../finding.js';
import { some } from '../some.js';

const { good, warning, unknown } = findingsOf('locks');

/** So many locks, and waiters of each, are looked at. */
const MOST = 10_000;
const MOST_WAITING = 1_000;

/** Locks that will not end by themselves, and lines in which nobody listens. */
export async function checkLocks(locker: Locker): Promise<Finding[]> {
  const locks: LockInspection[] = [];
  try {
    for await (const lock of locker.list({ limit: MOST })) locks.push(lock);
    const found = [...checkExpiry(locks), ...(await checkLines(locker, locks))];
    return found.length > 0 ? found : [good(`${counted(locks.length, 'lock')} in good order`)];
  } catch (error) {
    if (!(error instanceof RedisRefusedError)) throw error;
    return [unknown(`this user may not look at all locks: ${error.message}`, 'Allow +scan.')];
  }
}

function checkExpiry(locks: readonly LockInspection[]): Finding[] {
  const endless = locks
    .filter(({ holders }) => holders.some(({ remaining }) => remaining === undefined))
    .map(({ name }) => name);
  if (endless.length === 0) return [];
  return [
    warning(
      `${counted(endless.length, 'lock')} without expiry, held until somebody ends that: ${some(endless)}`,
      'If whoever wrote it is gone: holdfast release <name> --force.',
    ),
  ];
}

async function checkLines(locker: Locker, locks: readonly LockInspection[]): Promise<Finding[]> {
  const abandoned: string[] = [];
  for (const { name, waitingCount } of locks) {
    if (waitingCount === 0) continue;
    // One after the other: nobody else is held up.
    // oxlint-disable-next-line no-await-in-loop
    const { waiting } = await locker.inspect(name, { waiting: MOST_WAITING });
    const gone = waiting.filter(({ listening }) => !listening).length;
    if (gone > 0) abandoned.push(`${name} (${gone} of ${waitingCount})`);
  }
  if (abandoned.length === 0) return [];
  return [
    warning(
      `${counted(abandoned.length, 'line')} with waiters that are gone: ${some(abandoned)}`,
      'They are passed over when it is their turn. If it goes on, look why their processes end.',
    ),
  ];
}
