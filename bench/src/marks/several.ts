import { HOLDFAST } from '../contestants/roster.js';
import { figuresOf, othersThan } from '../measure/standing.js';
import { ratioOf } from '../measure/statistics.js';
import { callersOf, figure, spread } from '../report/figures.js';
import type { SeveralLocksRow } from '../workloads/several-locks.js';
import { type Mark, missing } from './mark.js';

/** The time of two locks by that of one, with a single caller. */
const MOST = 1.3;

export function severalMarks({ callers, standings }: SeveralLocksRow): Mark[] {
  const workload = `two locks as one, ${callersOf(callers)}`;
  const ours = figuresOf(standings, HOLDFAST);
  const [fastest] = othersThan(standings, HOLDFAST).toSorted(
    (a, b) => b.cycles.median - a.cycles.median,
  );
  const ahead = '> the fastest contestant';
  if (ours === undefined) return [missing(workload, ahead, HOLDFAST)];
  if (fastest === undefined) return [missing(workload, ahead, 'nobody else')];
  const ratio = ratioOf(ours.cycles, fastest.cycles);
  const { timeByOne } = ours;
  const byOne: Mark = {
    workload: `${workload}: time by that of one`,
    wanted: `<= ${MOST}`,
    measured: spread(timeByOne, figure),
    reached: timeByOne.median <= MOST,
  };
  return [
    {
      workload: `${workload}: cycles/s`,
      wanted: ahead,
      measured: `${spread(ratio, figure)} x ${fastest.contestant}`,
      reached: ratio.median > 1,
    },
    ...(callers === 1 ? [byOne] : []),
  ];
}
