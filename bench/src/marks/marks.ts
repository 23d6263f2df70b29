import type { Results } from '../report/results.js';
import { cpuMarks, cyclesMark, type Wanted } from './cycles.js';
import { graceMark } from './grace.js';
import { decoratorMark, heapMark, upkeepMarks } from './holding.js';
import type { Mark } from './mark.js';
import { severalMarks } from './several.js';
import { sharingMarks } from './sharing.js';
import {
  commandsMark,
  drainMark,
  orderMark,
  quietMark,
  roundTripsMark,
  worstGapMark,
} from './waiting.js';

/** By the number of callers. */
const CYCLES = new Map<number, Wanted>([
  [1, { times: 0.9, of: 'bare node-redis' }],
  [16, { times: 1, of: 'fastest' }],
  [256, { times: 2.5, of: 'fastest' }],
  [1_024, { times: 3, of: 'fastest' }],
]);
const ROUND_TRIPS = 2;

/** Of everything that was measured. */
export function marksOf(results: Results): Mark[] {
  const {
    distinctLocks = [],
    severalLocks = [],
    oneLock,
    longLine,
    manyHeld,
    sharing,
    grace = [],
    heap,
    decorator,
  } = results;
  return [
    ...distinctLocks.flatMap((row) => {
      const wanted = CYCLES.get(row.callers);
      return wanted === undefined ? [] : [cyclesMark(row, wanted)];
    }),
    ...distinctLocks.flatMap(cpuMarks),
    ...severalLocks.flatMap(severalMarks),
    ...(oneLock === undefined
      ? []
      : [
          drainMark(oneLock),
          orderMark(oneLock),
          roundTripsMark(oneLock, ROUND_TRIPS),
          worstGapMark(oneLock),
        ]),
    ...(longLine === undefined ? [] : [commandsMark(longLine), quietMark(longLine)]),
    ...(manyHeld === undefined ? [] : upkeepMarks(manyHeld)),
    ...(sharing === undefined ? [] : sharingMarks(sharing)),
    ...grace.map(graceMark),
    ...(heap === undefined ? [] : [heapMark(heap)]),
    ...(decorator === undefined ? [] : [decoratorMark(decorator)]),
  ];
}
