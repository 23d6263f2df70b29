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
  if (from === to) throw new RangeError(`A transfer from ${from} to itself.`);
  // Always in the same order: two transfers in opposite directions would wait for each other.
  const [first = from, second = to] = [from, to].toSorted();
  const options = { waitTimeout: '10s' } as const;
  await using one = await locker.acquire(`account:${first}`, options);
  await using other = await locker.acquire(`account:${second}`, options);
  const lockOf = (id: string): Lock => (id === first ? one : other);

  // The locks are there before the transaction begins, and until it has been committed.
  await database.transaction(async (run) => {
    for (const [id, change] of [
      [from, -amount],
      [to, amount],
    ] as const) {
      const { fencingToken } = lockOf(id);
      const changed = await run(CHANGE, change, fencingToken, id, fencingToken);
      // A later holder has written already: this one has lost its lock, and did not know.
      if (changed === 0) throw new Error(`The lock of account ${id} was lost.`);
    }
  });
}
