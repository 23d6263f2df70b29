import type { Contestant } from '../contestants/contestant.js';

/** What so many callers did, each again and again on a lock of its own. */
export interface Cycles {
  readonly count: number;
  readonly seconds: number;
  /** Microseconds of CPU time that this process took. */
  readonly cpu: number;
}

export type Callers = {
  cycle(prefix: string, callers: number, milliseconds: number): Promise<Cycles>;
};

export function serveCallers(contestant: Contestant): Callers {
  return {
    async cycle(prefix, callers, milliseconds) {
      const usage = process.cpuUsage();
      const start = performance.now();
      const end = start + milliseconds;
      let count = 0;
      const call = async (place: number): Promise<void> => {
        const name = `${prefix}:${place}`;
        while (performance.now() < end) {
          const held = await contestant.acquire(name);
          await held.release();
          count += 1;
        }
      };
      await Promise.all(Array.from({ length: callers }, (_, place) => call(place)));
      const { user, system } = process.cpuUsage(usage);
      return { count, seconds: (performance.now() - start) / 1_000, cpu: user + system };
    },
  };
}
