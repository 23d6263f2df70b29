/** A process with many lockers, each with connections of its own. Argument: the Redis URL. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createLocker, type Lock, type Locker } from '@holdfast/core';
import { serveWorker } from '@holdfast/support';
import { createClient } from 'redis';
import { heapInUse, type Vitals, VitalSigns } from './vitals.js';

export type Commands = {
  /** Opens lockers, of which each holds a lock of its own; returns the heap that they take. */
  open(names: readonly string[]): Promise<number>;
  watch(): void;
  vitals(): Vitals;
  /** What stands in Redis if nothing is lost, in the order of the names; undefined: not held. */
  held(): (string | undefined)[];
  /**
   * Each locker takes one of the contended locks in turn, and counts under it, in two steps that
   * only the lock makes one.
   */
  contend(names: readonly string[], rounds: number): Promise<void>;
  /** When all rounds are done; how often a fencing token was not above the last one that was seen. */
  contended(): Promise<number>;
  /** Gives all back; returns how many could not be. */
  release(): Promise<number>;
};

/** From one locker to the next, in ms. */
const PACE = 10;

const [, , url = ''] = process.argv;
const resource = createClient({ url });
resource.on('error', () => {});
await resource.connect();
const signs = new VitalSigns();
const lockers: Locker[] = [];
const locks: Lock[] = [];
let work: Promise<unknown> = Promise.resolve();
let stale = 0;

async function countUnder(locker: Locker, name: string): Promise<void> {
  await using lock = await locker.acquire(name);
  const [count, seen] = await resource.mGet([`${name}:count`, `${name}:seen`]);
  if (lock.fencingToken <= Number(seen)) stale += 1;
  await resource.mSet({
    [`${name}:count`]: String(Number(count) + 1),
    [`${name}:seen`]: String(lock.fencingToken),
  });
}

async function takeTurns(
  locker: Locker,
  names: readonly string[],
  first: number,
  rounds: number,
): Promise<void> {
  for (let round = 0; round < rounds; round += 1) {
    await countUnder(locker, names[(first + round) % names.length] as string);
  }
}

serveWorker({
  async open(names) {
    const before = heapInUse();
    for (const name of names) {
      const locker = await createLocker({ url });
      lockers.push(locker);
      locks.push(await locker.acquire(name));
    }
    return heapInUse() - before;
  },
  watch: () => signs.start(),
  vitals: () => signs.end(),
  held: () => locks.map((lock) => (lock.held ? `${lock.token} ${lock.fencingToken}` : undefined)),
  async contend(names, rounds) {
    const turns: Promise<void>[] = [];
    for (const [index, locker] of lockers.entries()) {
      const turn = takeTurns(locker, names, index, rounds);
      // Who asks for the end is told.
      turn.catch(() => {});
      turns.push(turn);
      // Each opens a connection to wait on: the server takes in only so many at once.
      await sleep(PACE);
    }
    work = Promise.all(turns);
    work.catch(() => {});
  },
  async contended() {
    await work;
    return stale;
  },
  async release() {
    const results = await Promise.allSettled(locks.map((lock) => lock.release()));
    await Promise.all(lockers.map((locker) => locker.close()));
    return results.filter((result) => result.status === 'rejected').length;
  },
} satisfies Commands);
