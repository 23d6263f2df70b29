import type { Locker } from '@holdfast/core';

/** What is needed of a database: to run a statement, and to undo all of them when one fails. */
export interface Transactions {
  transaction<T>(work: (run: Run) => Promise<T>): Promise<T>;
}

/** Resolves with the number of rows that it has changed. */
export type Run = (sql: string, ...values: readonly (string | number)[]) => Promise<number>;

const MARK = 'INSERT INTO runs (job, time) VALUES (?, ?) ON CONFLICT DO NOTHING';

/**
 * Runs a job once for a time of its schedule, such as `2026-11-26`, whichever machines begin it, and
 * when. Resolves with whether it was this one.
 */
export function runOnce(
  locker: Locker,
  database: Transactions,
  { job, time }: { readonly job: string; readonly time: string },
  work: (run: Run, signal: AbortSignal) => Promise<void>,
): Promise<boolean> {
  return locker.using(`job:${job}:${time}`, ({ signal }) =>
    database.transaction(async (run) => {
      const isOurs = (await run(MARK, job, time)) === 1;
      if (!isOurs) return false;
      await work(run, signal);
      // Whoever has taken over meanwhile does it. What was done here is undone.
      signal.throwIfAborted();
      return true;
    }),
  );
}
