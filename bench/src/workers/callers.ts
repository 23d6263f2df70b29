import type { Contestant, Held } from '../contestants/contestant.js';

/** What so many callers did, each again and again on a lock of its own. */
export interface Cycles {
  readonly count: number;
  readonly seconds: number;
  /** Microseconds of CPU time that this process took. */
  readonly cpu: number;
}

export type Callers = {
  cycle(prefix: string, callers: number, milliseconds: number): Promise<Cycles>;
  /** The same with so many locks as one. */
  cycleSeveral(
    prefix: string,
    callers: number,
    milliseconds: number,
    locks: number,
  ): Promise<Cycles>;
};

export function serveCallers(contestant: Contestant): Callers {
  return {
    cycle: (prefix, callers, milliseconds) =>
      cycles(callers, milliseconds, (place) => {
        const name = `${prefix}:${place}`;
        return () => contestant.acquire(name);
      }),
    cycleSeveral: (prefix, callers, milliseconds, locks) =>
      cycles(callers, milliseconds, (place) => {
        const names = Array.from({ length: locks }, (_, n) => `${prefix}:${place}:${n}`);
        return () => acquireAll(contestant, names);
      }),
  };
}

function acquireAll(contestant: Contestant, names: readonly string[]): Promise<Held> {
  if (contestant.acquireAll !== undefined) return contestant.acquireAll(names);
  return Promise.reject(new Error('it has nothing for several locks'));
}

async function cycles(
  callers: number,
  milliseconds: number,
  callerAt: (place: number) => () => Promise<Held>,
): Promise<Cycles> {
  const usage = process.cpuUsage();
  const start = performance.now();
  const end = start + milliseconds;
  let count = 0;
  const call = async (place: number): Promise<void> => {
    const acquire = callerAt(place);
    while (performance.now() < end) {
      const held = await acquire();
      await held.release();
      count += 1;
    }
  };
  await Promise.all(Array.from({ length: callers }, (_, place) => call(place)));
  const { user, system } = process.cpuUsage(usage);
  return { count, seconds: (performance.now() - start) / 1_000, cpu: user + system };
}
