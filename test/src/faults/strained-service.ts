/** A process with a locker in it, under conditions that are its own. */
import { setTimeout as elapse } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createLocker, HoldfastError, type LockerOptions } from '@holdfast/core';
import { serveWorker } from '@holdfast/support';
import { hear } from './heard.js';
import { Witness } from './witness.js';

export type Outcome = 'granted' | 'busy' | HoldfastError['code'];

export interface BetweenBlocks {
  readonly tries: readonly Outcome[];
  readonly renewals: number;
  /** Why connections were given up. */
  readonly lost: readonly string[];
}

export type StrainedCommands = {
  /** Tries so many free names at once; how many came to what. */
  tryMany(count: number): Promise<Partial<Record<Outcome, number>>>;
  /** What is in use after a garbage collection, in MB. */
  heap(): Promise<number>;
  /** The part of one CPU that the process uses while it is asked nothing for so long, in ms. */
  load(time: number): Promise<number>;
  /**
   * Renews a lock, and tries free names, while the event loop is blocked for `block` ms at a time and
   * turns once in between, `times` over. What was asked before a block is answered in it.
   */
  tryBetweenBlocks(block: number, times: number): Promise<BetweenBlocks>;
  close(): Promise<void>;
};

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;
const settings = JSON.parse(process.argv[2] ?? '{}') as LockerOptions;
const locker = await createLocker(settings);

async function attempt(name: string): Promise<Outcome> {
  try {
    await using lock = await locker.tryAcquire(name);
    return lock === null ? 'busy' : 'granted';
  } catch (error) {
    if (error instanceof HoldfastError) return error.code;
    throw error;
  }
}

serveWorker({
  async tryMany(count) {
    const tally: Partial<Record<Outcome, number>> = {};
    const names = Array.from({ length: count }, (_, place) => `free ${place}`);
    for (const outcome of await Promise.all(names.map((name) => attempt(name)))) {
      tally[outcome] = (tally[outcome] ?? 0) + 1;
    }
    return tally;
  },
  async heap() {
    collectGarbage();
    return process.memoryUsage().heapUsed / 2 ** 20;
  },
  async load(time) {
    const started = performance.now();
    const before = process.cpuUsage();
    await elapse(time);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1_000 / (performance.now() - started);
  },
  async tryBetweenBlocks(block, times) {
    const witness = new Witness(settings.url ?? '');
    using connections = hear('holdfast:connection');
    const lock = await locker.acquire('job');
    const tries: Outcome[] = [];
    let renewals = 0;
    let isOver = false;
    const trying = (async () => {
      while (!isOver) tries.push(await attempt(`free ${tries.length}`));
    })();
    const renewing = (async () => {
      for (; !isOver; renewals += 1) await lock.renew();
    })();
    for (let time = 0; time < times; time += 1) {
      await new Promise((resolve) => setImmediate(resolve));
      witness.block(block);
    }
    isOver = true;
    await Promise.all([trying, renewing]);
    const gone = connections.messages.filter(({ state }) => state === 'lost');
    const lost = gone.map(({ cause }) => String(cause));
    await witness[Symbol.asyncDispose]();
    return { tries, renewals, lost };
  },
  close: () => locker.close(),
} satisfies StrainedCommands);
