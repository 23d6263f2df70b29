/** A process with many waiters on one lock. Argument: the Redis URL. */
import { createLocker } from '@holdfast/core';
import { serveWorker } from '@holdfast/support';
import { heapInUse, type Vitals, VitalSigns } from './vitals.js';

/** One waiter that had its turn. */
export interface Turn {
  readonly token: string;
  readonly fencingToken: number;
  /** On the clock that all processes of the machine share, in ns. */
  readonly at: bigint;
}

export type Commands = {
  /** Puts so many waiters in line; who gets the lock gives it back at once. */
  wait(lockName: string, waiters: number): void;
  /** The heap that all waiters take, in bytes. */
  heap(): number;
  watch(): void;
  vitals(): Vitals;
  /** When all have had their turn. Rejects if one was lost. */
  turns(): Promise<readonly Turn[]>;
  close(): Promise<void>;
};

const [, , url] = process.argv;
const locker = await createLocker({ url });
const signs = new VitalSigns();
const turns: Turn[] = [];
let waits: Promise<void>[] = [];
let heapBefore = 0;

async function waitForTurn(name: string): Promise<void> {
  const lock = await locker.acquire(name, { waitTimeout: '1h' });
  turns.push({
    token: lock.token,
    fencingToken: lock.fencingToken,
    at: process.hrtime.bigint(),
  });
  await lock.release();
}

serveWorker({
  wait(lockName, waiters) {
    heapBefore = heapInUse();
    waits = Array.from({ length: waiters }, () => waitForTurn(lockName));
  },
  heap: () => heapInUse() - heapBefore,
  watch: () => signs.start(),
  vitals: () => signs.end(),
  async turns() {
    await Promise.all(waits);
    return turns;
  },
  close: () => locker.close(),
} satisfies Commands);
