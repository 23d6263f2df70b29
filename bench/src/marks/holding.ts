import { HOLDFAST } from '../contestants/roster.js';
import { figuresOf, othersThan, type Standing } from '../measure/standing.js';
import { count, figure, spread } from '../report/figures.js';
import type { Decorator } from '../workloads/decorator.js';
import type { Heap } from '../workloads/heap.js';
import type { ManyHeld } from '../workloads/many-held.js';
import { type Mark, missing } from './mark.js';

const BYTES_PER_LOCK = 1_024;
/** Microseconds. */
const DECORATOR = 5;

const UPKEEP = [
  ['commandsPerSecond', 'commands/s at Redis', ''],
  ['clientCpu', 'client CPU', ' %'],
  ['delayP99', 'event-loop delay p99', ' ms'],
] as const;

/** Those that lose locks spend nothing on them: they do not count. */
export function upkeepMarks(standings: readonly Standing<ManyHeld>[]): Mark[] {
  const ours = figuresOf(standings, HOLDFAST);
  const others = othersThan(standings, HOLDFAST).filter(({ lost }) => lost === 0);
  return UPKEEP.map(([measure, what, unit]) => {
    const workload = `10,000 locks held: ${what}`;
    const wanted = 'least of those that renew, none lost';
    const [best] = others.toSorted((a, b) => a[measure].median - b[measure].median);
    if (ours === undefined) return missing(workload, wanted, HOLDFAST);
    const theirs =
      best === undefined
        ? 'nobody else kept them'
        : `${best.contestant} ${figure(best[measure].median)}${unit}`;
    return {
      workload,
      wanted,
      measured: `${figure(ours[measure].median)}${unit}, ${count(ours.lost)} lost; ${theirs}`,
      reached:
        ours.lost === 0 && (best === undefined || ours[measure].median <= best[measure].median),
    };
  });
}

export function heapMark(standings: readonly Standing<Heap>[]): Mark {
  const workload = 'heap per held lock; per waiter';
  const wanted = `<= ${count(BYTES_PER_LOCK)} bytes; reported`;
  const ours = figuresOf(standings, HOLDFAST);
  if (ours === undefined) return missing(workload, wanted, HOLDFAST);
  return {
    workload,
    wanted,
    measured: `${count(ours.perLock.median)}; ${count(ours.perWaiter.median)}`,
    reached: ours.perLock.median <= BYTES_PER_LOCK,
  };
}

export function decoratorMark({ added }: Decorator): Mark {
  return {
    workload: '@Locked over locker.using: added per call',
    wanted: `<= ${DECORATOR} µs`,
    measured: `${spread(added, figure)} µs`,
    reached: added.median <= DECORATOR,
  };
}
