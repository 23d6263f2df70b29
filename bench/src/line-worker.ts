/** A process with many waiters on one lock. Argument: the Redis URL. */
import { createLocker } from '@holdfast/core';
import { serveWorker } from '@holdfast/support';

export type Commands = {
  /** Puts waiters in line. Who gets the lock goes to the end of the line, and gives it back. */
  wait(lock: string, waiters: number, holds: number): void;
  holds(): number;
};

/** This process has held the lock as often as it was to, and keeps it now. */
export type Told = { readonly enough: undefined };

const [, , url] = process.argv;
const locker = await createLocker({ url });
let held = 0;

const handlers: Commands = {
  wait(name, waiters, holds) {
    const wait = async (): Promise<void> => {
      const lock = await locker.acquire(name);
      held += 1;
      if (held === holds) {
        parent.emit('enough', undefined);
        return;
      }
      void wait();
      await lock.release();
    };
    for (let waiter = 0; waiter < waiters; waiter += 1) void wait();
  },
  holds: () => held,
};
const parent = serveWorker<Told>(handlers);
