import type { Mark, Results } from './marks.js';
import type { Spread } from './statistics.js';

/** The results as a person reads them. */
export function report(results: Results, marks: readonly Mark[]): string {
  const { throughput, handOffs, lines, decoratorCost } = results;
  return [
    'Cycles of acquire and release per second, in one process, each caller on its own lock',
    'callers     one command each            Holdfast                    ratio (min-max)',
    ...throughput.map((row) =>
      [
        String(row.callers).padStart(7),
        thousands(row.oneCommandEach).padEnd(26),
        thousands(row.holdfast).padEnd(26),
        `${row.ratio.median.toFixed(2)} (${row.ratio.min.toFixed(2)}-${row.ratio.max.toFixed(2)})`,
      ].join('  '),
    ),
    '',
    'Hand-off between two processes, from release() in one until the other one holds the lock',
    ...handOffs.map(({ library, count, p50, p99, pingP50, roundTrips }) =>
      [
        `  ${library.padEnd(15)}  p50 ${ms(p50)}  p99 ${ms(p99)}  (${count} times;`,
        `a PING took ${ms(pingP50).trim()}: ${roundTrips.toFixed(1)} round trips)`,
      ].join(' '),
    ),
    '',
    'Client commands with many waiters on one lock, in two processes',
    ...lines.map(({ waiters, commandsPerHandOff, idleCommandsPerSecond: idle }) => {
      const waiting = idle === undefined ? '' : `; ${idle.toFixed(2)} a second while all wait`;
      return `  ${waiters} waiters: ${commandsPerHandOff.toFixed(2)} for a hand-off${waiting}`;
    }),
    '',
    'A call under a free lock in memory: locker.using, and a method with @Locked',
    [
      `  ${us(decoratorCost.before)} before the first decorated call; then`,
      `${us(decoratorCost.direct)} and ${us(decoratorCost.decorated)}:`,
      `${decoratorCost.ratio.median.toFixed(2)} times`,
    ].join(' '),
    '',
    ...marks.map(({ what, wanted, measured, reached }) => {
      return `${reached ? '✔' : '✖'} ${what}: ${measured} (${wanted})`;
    }),
  ].join('\n');
}

function thousands({ median, min, max }: Spread): string {
  const [mid = '', low = '', high = ''] = [median, min, max].map((value) =>
    Math.round(value).toLocaleString('en-US'),
  );
  return `${mid.padStart(7)} (${low}-${high})`;
}

function us({ median }: Spread): string {
  return `${median.toFixed(1)} µs`;
}

function ms(time: number): string {
  return `${time.toFixed(2).padStart(6)} ms`;
}
