import type { DecoratorCost } from './decorator-cost.js';
import type { HandOff } from './hand-off.js';
import type { Line } from './line.js';
import type { Throughput } from './throughput.js';

export interface Results {
  readonly throughput: readonly Throughput[];
  /** Holdfast first. */
  readonly handOffs: readonly HandOff[];
  readonly lines: readonly Line[];
  readonly decoratorCost: DecoratorCost;
}

/** What has to be reached, and what was. */
export interface Mark {
  readonly what: string;
  readonly wanted: string;
  readonly measured: string;
  readonly reached: boolean;
}

/** At so many callers, at least so many times the cycles of one command for each operation. */
const RATIOS = new Map([
  [1, 0.8],
  [256, 2.5],
]);
const ROUND_TRIPS = 3;
/** Microseconds. */
const DECORATOR_COST = 5;
/** Polls and renewals fall into the time that is measured, or do not. */
const TOLERANCE = 0.02;

export function marksOf({ throughput, handOffs, lines, decoratorCost }: Results): Mark[] {
  const roundTrips = handOffs[0]?.roundTrips ?? Number.NaN;
  const costs = lines.map((line) => line.commandsPerHandOff);
  return [
    ...throughput.flatMap(({ callers, ratio }) => {
      const wanted = RATIOS.get(callers);
      if (wanted === undefined) return [];
      return {
        what: `cycles at ${callers} callers, against one command each`,
        wanted: `at least ${wanted.toFixed(1)} times`,
        measured: `${ratio.median.toFixed(2)} times`,
        reached: ratio.median >= wanted,
      };
    }),
    {
      what: 'hand-off between two processes, median',
      wanted: `at most ${ROUND_TRIPS} round trips`,
      measured: `${roundTrips.toFixed(2)} round trips`,
      reached: roundTrips <= ROUND_TRIPS,
    },
    {
      what: `commands for a hand-off with ${lines.map((line) => line.waiters).join(' and ')} waiters`,
      wanted: 'the same',
      measured: costs.map((cost) => cost.toFixed(2)).join(' and '),
      reached: Math.max(...costs) - Math.min(...costs) <= TOLERANCE,
    },
    {
      what: 'a call of a method with @Locked, against locker.using',
      wanted: `at most ${DECORATOR_COST} µs more`,
      measured: `${decoratorCost.cost.toFixed(1)} µs more`,
      reached: decoratorCost.cost <= DECORATOR_COST,
    },
  ];
}
