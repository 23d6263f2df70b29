/** Reads a counter in Redis, waits, writes it back, many times: under a lock, or without. */
import { setTimeout as elapse } from 'node:timers/promises';
import { createLocker } from '@holdfast/core';
import { serveWorker } from '@holdfast/support';
import { Observer } from './observer.js';

export type CountingCommands = {
  /** Counts until told to stop; resolves with how often a lock or a write failed. */
  countUnderLock(): Promise<{ readonly failed: readonly string[] }>;
  countWithout(times: number): Promise<void>;
  stop(): Promise<void>;
  faults(): Promise<string[]>;
};

/**
 * The resource refuses tokens that are older than one that it has seen, when it is read, too: a
 * holder that reads has ended what was before it.
 */
const READ = `
if tonumber(ARGV[1]) < tonumber(redis.call('GET', KEYS[2]) or 0) then return false end
redis.call('SET', KEYS[2], ARGV[1])
return redis.call('GET', KEYS[1]) or '0'
`;
/** Sets the counter to what the caller makes of it, and notes that this was a success. */
const WRITE = `
if tonumber(ARGV[1]) < tonumber(redis.call('GET', KEYS[2]) or 0) then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
redis.call('INCR', KEYS[3])
return 1
`;
const KEYS = ['3', 'counter', 'counter:fence', 'counter:successes'] as const;

const faults: string[] = [];
for (const event of ['unhandledRejection', 'uncaughtException']) {
  process.on(event, (error: unknown) => faults.push(`${event}: ${String(error)}`));
}

const url = process.argv[2] ?? '';
const locker = await createLocker({ url, ttl: 3_000 });
const resource = await Observer.open(url);
let stopped = false;

async function increment(fencingToken: number): Promise<boolean> {
  const value = await resource.send('EVAL', READ, ...KEYS, String(fencingToken));
  if (value === null) return false;
  await elapse(1);
  const next = String(Number(value) + 1);
  return (await resource.send('EVAL', WRITE, ...KEYS, String(fencingToken), next)) === 1;
}

serveWorker({
  async countUnderLock() {
    const failed: string[] = [];
    while (!stopped) {
      try {
        await locker.using('counter', async (lock) => {
          // A connection killed under a command of the resource's own client is no fault of the lock.
          if (!(await increment(lock.fencingToken).catch(() => true))) failed.push('fenced out');
        });
      } catch (error) {
        failed.push(String(error));
      }
    }
    return { failed };
  },
  async countWithout(times) {
    for (let time = 0; time < times; time += 1) await increment(1);
  },
  async stop() {
    stopped = true;
  },
  faults: async () => faults,
} satisfies CountingCommands);
