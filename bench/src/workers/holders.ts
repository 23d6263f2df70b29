import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Contestant, Held } from '../contestants/contestant.js';

/** How a process fares that only keeps what it holds. */
export interface Upkeep {
  /** Percent of one core. */
  readonly cpu: number;
  /** How late a timer was, in ms, at the 99th percentile. */
  readonly delayP99: number;
}

export type Holders = {
  /** Takes locks that are renewed, and keeps them. */
  keep(prefix: string, locks: number, ttl: number): Promise<void>;
  upkeep(milliseconds: number): Promise<Upkeep>;
  /** Bytes of heap that each held lock takes. */
  heapPerLock(prefix: string, locks: number): Promise<number>;
  /** Bytes of heap that each waiter takes, while all of them wait for one lock. */
  heapPerWaiter(lock: string, waiters: number): Promise<number>;
};

/** Acquisitions that are under way at a time. */
const CALLERS = 100;
/** Of the monitor, in ms. */
const RESOLUTION = 5;
/** Until waiters stand in line, in ms; those that poll do so several times in this. */
const SETTLING = 600;

export function serveHolders(contestant: Contestant): Holders {
  // Reachable until the process ends.
  const kept: unknown[] = [];
  return {
    async keep(prefix, locks, ttl) {
      await acquireAll(prefix, locks, async (name) => contestant.keep?.(name, ttl), kept);
    },
    async upkeep(milliseconds) {
      const delay = monitorEventLoopDelay({ resolution: RESOLUTION });
      delay.enable();
      const usage = process.cpuUsage();
      const start = performance.now();
      await sleep(milliseconds);
      const { user, system } = process.cpuUsage(usage);
      const cpu = (user + system) / (performance.now() - start) / 10;
      delay.disable();
      // The monitor counts from one tick to the next.
      return { cpu, delayP99: Math.max(0, delay.percentile(99) / 1e6 - RESOLUTION) };
    },
    async heapPerLock(prefix, locks) {
      const held: Held[] = [];
      await acquireAll(prefix, CALLERS, (name) => contestant.acquire(name), held);
      const before = heap();
      await acquireAll(`${prefix}:counted`, locks, (name) => contestant.acquire(name), held);
      const bytes = (heap() - before) / locks;
      kept.push(held);
      return bytes;
    },
    async heapPerWaiter(lock, waiters) {
      // The first waiter brings what is there once for all.
      kept.push(await contestant.acquire(lock), contestant.acquire(lock));
      await sleep(SETTLING);
      const before = heap();
      for (let waiter = 0; waiter < waiters; waiter += 1) kept.push(contestant.acquire(lock));
      await sleep(SETTLING);
      return (heap() - before) / waiters;
    },
  };
}

async function acquireAll<T>(
  prefix: string,
  locks: number,
  acquire: (name: string) => Promise<T>,
  kept: T[],
): Promise<void> {
  let next = 0;
  const caller = async (): Promise<void> => {
    while (next < locks) {
      const name = `${prefix}:${next}`;
      next += 1;
      kept.push(await acquire(name));
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, caller));
}

/** What is reachable. */
function heap(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  collect();
  return process.memoryUsage().heapUsed;
}
