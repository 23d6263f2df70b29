import type { Lock, Locker } from '@holdfast/core';

/** What is needed of a database: to run a statement, and to undo all of them when one fails. */
export interface Transactions {
  transaction<T>(work: (run: Run) => Promise<T>): Promise<T>;
}

/** Resolves with the number of rows that it has changed. */
export type Run = (sql: string, ...values: readonly (string | number)[]) => Promise<number>;

export interface Transfer {
  readonly from: string;
  readonly to: string;
  readonly amount: number;
}

const CHANGE = 'UPDATE accounts SET balance = balance + ?, fence = ? WHERE id = ? AND fence <= ?';

export async function transfer(
  locker: Locker,
  database: Transactions,
  { from, to, amount }: Transfer,
): Promise<void> {
  const names = [`account:${from}`, `account:${to}`];
  // Both or none: one after the other, two transfers in opposite directions would wait for each other.
  await using both = await locker.acquire(names, { waitTimeout: '10s' });

  // The locks are there before the transaction begins, and until it has been committed.
  await database.transaction(async (run) => {
    const changes = [
      [from, -amount],
      [to, amount],
    ] as const;
    for (const [id, change] of changes) {
      const { fencingToken } = both.locks.get(`account:${id}`) as Lock;
      const changed = await run(CHANGE, change, fencingToken, id, fencingToken);
      // A later holder has written already: this one has lost its lock, and did not know.
      if (changed === 0) throw new Error(`The lock of account ${id} was lost.`);
    }
  });
}
