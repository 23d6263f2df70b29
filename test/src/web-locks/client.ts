/** A lock manager in a process of its own, told what to do by a test. */
import { createLocker } from '@holdfast/core';
import { type LockManagerSnapshot, type LockMode, lockManager } from '@holdfast/core/web-locks';
import { serveWorker } from '@holdfast/support';
import { hold, type Holding } from './holding.js';

export type Commands = {
  hold(name: string, options?: { mode?: LockMode; steal?: boolean }): Promise<void>;
  /** Ends the callback that holds it. */
  end(name: string): Promise<void>;
  /** Resolves when the request of that name has failed: with what. */
  failure(name: string): Promise<{ readonly name: string; readonly aborted: boolean }>;
  query(): Promise<LockManagerSnapshot>;
};

const holdings = new Map<string, Holding>();
const locks = lockManager(await createLocker({ url: process.argv[2], ttl: '1h' }));

function holdingOf(name: string): Holding {
  const holding = holdings.get(name);
  if (holding === undefined) throw new Error(`${name} was never held here.`);
  return holding;
}

serveWorker<Commands>({
  async hold(name, options) {
    holdings.set(name, await hold(locks, name, options));
  },
  async end(name) {
    await holdingOf(name).end();
  },
  async failure(name) {
    const { over, lock } = holdingOf(name);
    const error = await over.then(
      () => new Error('It did not fail.'),
      (reason: unknown) => reason as Error,
    );
    return { name: error.name, aborted: lock.signal.aborted };
  },
  query: () => locks.query(),
});
