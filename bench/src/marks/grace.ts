import { WITH_GRACE, WITHOUT_GRACE } from '../contestants/graced.js';
import { figuresOf } from '../measure/standing.js';
import { ratioOf } from '../measure/statistics.js';
import { callersOf, figure, spread } from '../report/figures.js';
import type { DistinctLocksRow } from '../workloads/distinct-locks.js';
import { type Mark, missing } from './mark.js';

/** What a grace may take of the cycles: where one caller waits for every answer, and else. */
const OF_ONE = 0.1;
const OF_MANY = 0.05;

export function graceMark({ callers, standings }: DistinctLocksRow): Mark {
  const workload = `grace, ${callersOf(callers)}: cycles/s`;
  const least = 1 - (callers === 1 ? OF_ONE : OF_MANY);
  const wanted = `>= ${figure(least)} x ${WITHOUT_GRACE}`;
  const [ours, theirs] = [WITH_GRACE, WITHOUT_GRACE].map((who) => figuresOf(standings, who));
  if (ours === undefined) return missing(workload, wanted, WITH_GRACE);
  if (theirs === undefined) return missing(workload, wanted, WITHOUT_GRACE);
  const ratio = ratioOf(ours.cycles, theirs.cycles);
  return {
    workload,
    wanted,
    measured: `${spread(ratio, figure)} x`,
    reached: ratio.median >= least,
  };
}
