/** A process that campaigns, and writes down when it believed that it leads. */
import { appendFileSync } from 'node:fs';
import { setTimeout as elapse } from 'node:timers/promises';
import { createLocker, type LockerOptions } from '@holdfast/core';
import { serveWorker } from '@holdfast/support';
import { now } from '../torture/clock.js';

/** One moment of a term. */
export interface Sighting {
  readonly candidate: string;
  readonly fencingToken: number;
  readonly at: number;
  /** The term is over: from here on it does not believe. */
  readonly end?: true;
}

export type CandidateCommands = {
  /** Resolves when it has ended. */
  campaign(): Promise<void>;
  stop(): Promise<void>;
  faults(): Promise<string[]>;
};

const faults: string[] = [];
for (const event of ['unhandledRejection', 'uncaughtException']) {
  process.on(event, (error: unknown) => faults.push(`${event}: ${String(error)}`));
}

const [, , candidate = '', journal = '', settings = '{}'] = process.argv;
const locker = await createLocker(JSON.parse(settings) as LockerOptions);
const stop = new AbortController();
let working = 0;

/** At once, so that it is there whatever becomes of the process. */
function note(sighting: Omit<Sighting, 'candidate'>): void {
  appendFileSync(journal, `${JSON.stringify({ candidate, ...sighting })}\n`);
}

serveWorker({
  async campaign() {
    const led = locker.lead(
      'leader',
      async (lock, signal) => {
        const { fencingToken } = lock;
        working += 1;
        if (working > 1) faults.push('a second work has begun');
        while (!signal.aborted) {
          // Taken before the look: at this moment it was so.
          const at = now();
          if (lock.held) note({ fencingToken, at });
          await elapse(2);
        }
        working -= 1;
        note({ fencingToken, at: now(), end: true });
      },
      { signal: stop.signal },
    );
    await led;
  },
  async stop() {
    stop.abort();
  },
  faults: async () => faults,
} satisfies CandidateCommands);
