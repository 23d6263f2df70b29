/** A process that holds many locks. Argument: the Redis URL. */
import { createLocker, type Lock } from '@holdfast/core';
import { serveWorker } from '@holdfast/support';
import { heapInUse, type Vitals, VitalSigns } from './vitals.js';

export type Commands = {
  /** Bytes of the heap in use. */
  heap(): number;
  /** Acquires a lock for each name. */
  hold(names: readonly string[], ttl: number): Promise<void>;
  watch(): void;
  vitals(): Vitals;
  /** What stands in Redis if nothing is lost, in the order of the names; undefined: not held. */
  held(): (string | undefined)[];
  /** Gives all back; returns how many could not be. */
  release(): Promise<number>;
  close(): Promise<void>;
};

/** Callers that acquire and release side by side. */
const CALLERS = 256;

const [, , url] = process.argv;
const locker = await createLocker({ url });
const signs = new VitalSigns();
const locks: Lock[] = [];

async function sideBySide(count: number, act: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const caller = async (): Promise<void> => {
    while (next < count) await act(next++);
  };
  await Promise.all(Array.from({ length: CALLERS }, caller));
}

serveWorker({
  heap: heapInUse,
  async hold(names, ttl) {
    await sideBySide(names.length, async (index) => {
      locks[index] = await locker.acquire(names[index] as string, { ttl });
    });
  },
  watch: () => signs.start(),
  vitals: () => signs.end(),
  held: () => locks.map((lock) => (lock.held ? `${lock.token} ${lock.fencingToken}` : undefined)),
  async release() {
    let failures = 0;
    await sideBySide(locks.length, async (index) => {
      await locks[index]?.release().catch(() => (failures += 1));
    });
    return failures;
  },
  close: () => locker.close(),
} satisfies Commands);
