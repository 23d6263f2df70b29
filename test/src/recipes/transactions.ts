import type { Database } from '../../../examples/dist/fencing/database.js';
import type { Run, Transactions } from '../../../examples/dist/recipes/transfer.js';

/** One transaction after the other, as SQLite has them. `first` runs before each of them. */
export function transactions(
  database: Database,
  first = async (): Promise<void> => {},
): Transactions {
  let last: Promise<unknown> = Promise.resolve();
  const begin = async <T>(work: (run: Run) => Promise<T>): Promise<T> => {
    await first();
    database.run('BEGIN');
    try {
      const result = await work(async (sql, ...values) => database.run(sql, ...values));
      database.run('COMMIT');
      return result;
    } catch (error) {
      database.run('ROLLBACK');
      throw error;
    }
  };
  return {
    transaction(work) {
      const done = last.then(() => begin(work));
      last = done.catch(() => {});
      return done;
    },
  };
}
