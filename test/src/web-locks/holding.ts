import type { Lock, LockManager, LockOptions } from '@holdfast/core/web-locks';

/** A request that was granted, and whose callback goes on until it is told to end. */
export interface Holding {
  readonly lock: Lock;
  /** The request itself. */
  readonly over: Promise<unknown>;
  /** Ends the callback, and resolves when the lock is given back. */
  readonly end: () => Promise<unknown>;
}

/** Resolves when the lock is granted. */
export async function hold(
  locks: LockManager,
  name: string,
  options: LockOptions = {},
): Promise<Holding> {
  let end!: () => void;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  let over!: Promise<unknown>;
  const lock = await new Promise<Lock | null>((resolve, reject) => {
    over = locks.request(name, options, (granted) => {
      resolve(granted);
      return ended;
    });
    over.catch(reject);
  });
  if (lock === null) throw new Error(`${name} was not to be had.`);
  const giveBack = (): Promise<unknown> => {
    end();
    return over;
  };
  return { lock, over, end: giveBack };
}
