import { BARE_NODE_REDIS, HOLDFAST } from '../contestants/roster.js';
import { figuresOf, othersThan } from '../measure/standing.js';
import { ratioOf, type Spread } from '../measure/statistics.js';
import { callersOf, figure, spread } from '../report/figures.js';
import type { DistinctLocks, DistinctLocksRow } from '../workloads/distinct-locks.js';
import { type Mark, missing } from './mark.js';

/** How many times the cycles of somebody else are wanted. */
export interface Wanted {
  readonly times: number;
  readonly of: 'bare node-redis' | 'fastest';
}

export function cyclesMark(row: DistinctLocksRow, { times, of }: Wanted): Mark {
  const workload = `distinct locks, ${callersOf(row.callers)}: cycles/s`;
  const wanted = `>= ${times} x ${of === 'fastest' ? 'the fastest contestant' : of}`;
  const ours = figuresOf(row.standings, HOLDFAST);
  const [fastest] = othersThan(row.standings, HOLDFAST)
    .filter(({ contestant }) => of === 'fastest' || contestant === BARE_NODE_REDIS)
    .toSorted((a, b) => b.cycles.median - a.cycles.median);
  if (ours === undefined) return missing(workload, wanted, HOLDFAST);
  if (fastest === undefined) return missing(workload, wanted, of);
  const ratio = ratioOf(ours.cycles, fastest.cycles);
  return {
    workload,
    wanted,
    measured: `${spread(ratio, figure)} x ${fastest.contestant}`,
    reached: ratio.median >= times,
  };
}

const SIDES = { clientCpu: 'the client', redisCpu: 'Redis' } as const;

/** One for each side. */
export function cpuMarks({ callers, standings }: DistinctLocksRow): Mark[] {
  return (['clientCpu', 'redisCpu'] as const).map((side) => {
    const workload = `distinct locks, ${callersOf(callers)}: CPU of ${SIDES[side]} per cycle`;
    const wanted = 'least of all';
    const ours = figuresOf(standings, HOLDFAST);
    const best = leastOfOthers(standings, (figures) => figures[side]);
    if (ours === undefined) return missing(workload, wanted, HOLDFAST);
    if (best === undefined) return missing(workload, wanted, 'nobody else');
    return {
      workload,
      wanted,
      measured: `${figure(ours[side].median)} µs; ${best.contestant} ${figure(best.median)} µs`,
      reached: ours[side].median <= best.median,
    };
  });
}

function leastOfOthers(
  standings: DistinctLocksRow['standings'],
  of: (figures: DistinctLocks) => Spread,
): { readonly contestant: string; readonly median: number } | undefined {
  const [least] = othersThan(standings, HOLDFAST)
    .map((figures) => ({ contestant: figures.contestant, median: of(figures).median }))
    .toSorted((a, b) => a.median - b.median);
  return least;
}
