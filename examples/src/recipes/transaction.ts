import type { Locker } from '@holdfast/core';

/** A transaction that sees what was committed before it, and is seen when it is committed. */
export interface Transaction {
  read(): Promise<number>;
  write(value: number): Promise<void>;
}

/** Begins, runs the work, and commits. */
export type InTransaction = (work: (transaction: Transaction) => Promise<void>) => Promise<void>;

/** Right: the next holder begins when this one's transaction has been committed. */
export async function countAround(locker: Locker, inTransaction: InTransaction): Promise<void> {
  await using _ = await locker.acquire('counter');
  await inTransaction(async ({ read, write }) => write((await read()) + 1));
}

/** Wrong: the lock is given back before the commit, and the next holder reads the old value. */
export async function countInside(locker: Locker, inTransaction: InTransaction): Promise<void> {
  await inTransaction(async ({ read, write }) => {
    await using _ = await locker.acquire('counter');
    await write((await read()) + 1);
  });
}
