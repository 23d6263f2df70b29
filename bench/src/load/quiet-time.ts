import { setTimeout as sleep } from 'node:timers/promises';
import type { Server } from './server.js';
import type { Vitals } from './vitals.js';

/** A process that can be watched. */
export interface Watched {
  request(name: 'watch'): Promise<void>;
  request(name: 'vitals'): Promise<Vitals>;
}

/** A time in which nobody asks for anything: locks are held, and waiters wait. */
export interface QuietTime {
  readonly seconds: number;
  /** That clients sent, a second. */
  readonly commands: number;
  /** Leases extended, a second. */
  readonly renewals: number;
  /** Of the worst process, in ms. */
  readonly eventLoop: Pick<Vitals, 'p50' | 'p99' | 'max'>;
  /** Of one processor, all processes together. */
  readonly clientCpu: number;
  readonly serverCpu: number;
}

export async function quietTime(
  server: Server,
  processes: readonly Watched[],
  time: number,
): Promise<QuietTime> {
  const before = await server.figures();
  const since = performance.now();
  await Promise.all(processes.map((one) => one.request('watch')));
  await sleep(time);
  const vitals = await Promise.all(processes.map((one) => one.request('vitals')));
  const seconds = (performance.now() - since) / 1_000;
  const after = await server.figures();
  return {
    seconds,
    commands: (after.commands - before.commands) / seconds,
    renewals: (after.renewals - before.renewals) / seconds,
    eventLoop: {
      p50: Math.max(...vitals.map((one) => one.p50)),
      p99: Math.max(...vitals.map((one) => one.p99)),
      max: Math.max(...vitals.map((one) => one.max)),
    },
    clientCpu: vitals.reduce((sum, one) => sum + one.cpu, 0),
    serverCpu: (after.cpuSeconds - before.cpuSeconds) / seconds,
  };
}
