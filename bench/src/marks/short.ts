import type { Results } from '../report/results.js';
import { cyclesMark, type Wanted } from './cycles.js';
import type { Mark } from './mark.js';
import { commandsMark, orderMark, roundTripsMark } from './waiting.js';

/**
 * Generous: they hold on a busy machine, and not for a library that is half as fast. By the number
 * of callers.
 */
const CYCLES = new Map<number, Wanted>([
  [1, { times: 0.5, of: 'bare node-redis' }],
  [256, { times: 2.2, of: 'bare node-redis' }],
]);
const ROUND_TRIPS = 5;

type ShortResults = Required<Pick<Results, 'distinctLocks' | 'oneLock' | 'longLine'>>;

/** What the short form of the run has to reach. */
export function shortMarksOf({ distinctLocks, oneLock, longLine }: ShortResults): Mark[] {
  return [
    ...distinctLocks.flatMap((row) => {
      const wanted = CYCLES.get(row.callers);
      return wanted === undefined ? [] : [cyclesMark(row, wanted)];
    }),
    orderMark(oneLock),
    roundTripsMark(oneLock, ROUND_TRIPS),
    commandsMark(longLine),
  ];
}
