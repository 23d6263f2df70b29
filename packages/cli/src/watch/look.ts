import type { Locker, LockInspection } from '@holdfast/core';

/** So many locks are looked at, so that a look stays short. */
const MOST = 1_000;

/** So many of a line are shown by name. */
const WAITING = 4;

/** What is held and waited for at a moment. */
export interface Look {
  /** Those with the longest lines first, then those that are held for the longest time. */
  readonly locks: readonly LockInspection[];
  readonly waiting: number;
  /** What is left of the longest grace of any of them, in ms. Undefined: there is none. */
  readonly graceRemaining: number | undefined;
}

/** Looks at all locks, and at the lines of the first `shown` of them. */
export async function lookAt(
  locker: Locker,
  match: string | undefined,
  shown: number,
): Promise<Look> {
  const locks: LockInspection[] = [];
  for await (const lock of locker.list({ match, limit: MOST, grace: true })) locks.push(lock);
  locks.sort((a, b) => b.waitingCount - a.waitingCount || sinceOf(a) - sinceOf(b));
  const first = locks.slice(0, shown).map((lock) => withLine(locker, lock));
  return {
    locks: [...(await Promise.all(first)), ...locks.slice(shown)],
    waiting: locks.reduce((sum, { waitingCount }) => sum + waitingCount, 0),
    graceRemaining: locks.reduce(longest, undefined),
  };
}

async function withLine(locker: Locker, lock: LockInspection): Promise<LockInspection> {
  if (lock.waitingCount === 0) return lock;
  return await locker.inspect(lock.name, { waiting: WAITING, grace: true });
}

function longest(most: number | undefined, { graceRemaining }: LockInspection): number | undefined {
  return graceRemaining === undefined ? most : Math.max(graceRemaining, most ?? 0);
}

function sinceOf({ holders: [holder] }: LockInspection): number {
  return holder?.kind === 'locker' ? holder.since.getTime() : Infinity;
}
