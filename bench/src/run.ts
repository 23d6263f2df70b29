import { GRACED } from './contestants/graced.js';
import { type Entry, HOLDFAST, ROSTER } from './contestants/roster.js';
import { machineOf } from './report/machine.js';
import type { Results } from './report/results.js';
import { measureDecorator } from './workloads/decorator.js';
import { measureDistinctLocks } from './workloads/distinct-locks.js';
import { measureHeap } from './workloads/heap.js';
import { measureLongLine } from './workloads/long-line.js';
import { measureManyHeld } from './workloads/many-held.js';
import { measureOneLock } from './workloads/one-lock.js';
import { measurePackages } from './workloads/packages.js';
import { measureSeveralLocks } from './workloads/several-locks.js';
import { measureSharing } from './workloads/sharing.js';
import type { Setting } from './workloads/setting.js';
import { withRedis } from './with-redis.js';

type Workload = Exclude<keyof Results, 'machine'>;

const CALLERS = [1, 16, 256, 1_024];
const CALLERS_WITH_GRACE = [1, 16, 256];
/** What is looked for is small. */
const ROUNDS_WITH_GRACE = 11;
const CALLERS_OF_SEVERAL = [1, 256];
const WAITERS = [10, 100, 1_000];
/** Libraries that poll need minutes for more. */
const MOST_WHO_POLL = 100;

const LIBRARIES = ROSTER.filter(({ role }) => role !== 'floor');

/** Those that have something for several locks. */
const SEVERAL = ROSTER.filter(({ several = false }) => several);

const MEASURES: { readonly [W in Workload]-?: (setting: Setting) => Promise<Results[W]> } = {
  distinctLocks: (setting) =>
    inTurn(CALLERS, (callers) => measureDistinctLocks(setting, ROSTER, callers)),
  severalLocks: (setting) =>
    inTurn(CALLERS_OF_SEVERAL, (callers) => measureSeveralLocks(setting, SEVERAL, callers)),
  oneLock: (setting) => measureOneLock(setting, LIBRARIES),
  longLine: (setting) =>
    inTurn(WAITERS, (waiters) => measureLongLine(setting, whoWaits(waiters), waiters)),
  manyHeld: (setting) => measureManyHeld(setting, LIBRARIES),
  sharing: measureSharing,
  grace: ({ rounds = ROUNDS_WITH_GRACE, ...setting }) =>
    inTurn(CALLERS_WITH_GRACE, (callers) =>
      measureDistinctLocks({ ...setting, rounds }, GRACED, callers),
    ),
  heap: (setting) => measureHeap(setting, LIBRARIES),
  decorator: ({ rounds }) => measureDecorator(rounds),
  packages: ({ rounds }) => measurePackages(LIBRARIES, rounds),
};

export const WORKLOADS: readonly Workload[] = Object.keys(MEASURES) as Workload[];

/** Runs workloads one after the other, on a Redis server of their own. */
export function run(
  workloads: readonly Workload[],
  rounds: number | undefined,
  progress: (line: string) => void,
): Promise<Results> {
  return withRedis(async (setting) => {
    const results = new Map<Workload, Results[Workload]>();
    for (const workload of workloads) {
      const start = performance.now();
      results.set(workload, await MEASURES[workload]({ ...setting, rounds }));
      progress(`${workload}: ${Math.round((performance.now() - start) / 1_000)} s`);
    }
    return { machine: await machineOf(setting.client), ...Object.fromEntries(results) };
  });
}

function whoWaits(waiters: number): Entry[] {
  return LIBRARIES.filter(({ name }) => name === HOLDFAST || waiters <= MOST_WHO_POLL);
}

async function inTurn<I, O>(items: readonly I[], act: (item: I) => Promise<O>): Promise<O[]> {
  const results: O[] = [];
  for (const item of items) results.push(await act(item));
  return results;
}
