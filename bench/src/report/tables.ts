import type { Standing } from '../measure/standing.js';
import type { Spread } from '../measure/statistics.js';
import type { DistinctLocksRow } from '../workloads/distinct-locks.js';
import type { Sharing } from '../workloads/sharing.js';
import type { LongLineRow } from '../workloads/long-line.js';
import type { SeveralLocksRow } from '../workloads/several-locks.js';
import { callersOf, count, figure, spread } from './figures.js';
import type { Results } from './results.js';
import type { Table } from './text-table.js';

/** Everything that was measured: medians, and in brackets between what the rounds were. */
export function tablesOf(results: Results): Table[] {
  const {
    distinctLocks = [],
    severalLocks = [],
    oneLock,
    longLine = [],
    manyHeld,
    sharing,
    grace = [],
    heap,
    decorator,
    packages,
  } = results;
  return [
    ...distinctLocks.map(distinctLocksTable),
    ...severalLocks.map(severalLocksTable),
    ...table(
      '50 waiters on one lock in five processes, each holds it for 5 ms',
      ['drain / ideal', 'inversions', 'overlaps', 'gap p50, ms', 'gap p99, ms', 'p50 / PING'],
      oneLock,
      ({ drain, inversions, overlaps, gapP50, gapP99, pingP50 }) => [
        spread(drain, figure),
        spread(inversions, count),
        count(overlaps),
        figure(gapP50),
        figure(gapP99),
        figure(gapP50 / pingP50),
      ],
    ),
    ...longLine.map(longLineTable),
    ...table(
      '10,000 locks held in one process, ttl 3 s',
      ['commands/s', 'client CPU, %', 'Redis CPU, %', 'timer delay p99, ms', 'lost'],
      manyHeld,
      ({ commandsPerSecond, clientCpu, redisCpu, delayP99, lost }) => [
        spread(commandsPerSecond, count),
        spread(clientCpu, figure),
        spread(redisCpu, figure),
        spread(delayP99, figure),
        count(lost),
      ],
    ),
    ...(sharing === undefined ? [] : sharingTables(sharing)),
    ...grace.map(distinctLocksTable),
    ...table('Heap, bytes', ['per held lock', 'per waiter'], heap, ({ perLock, perWaiter }) => [
      spread(perLock, count),
      spread(perWaiter, count),
    ]),
    ...(decorator === undefined
      ? []
      : [
          {
            title: '@Locked over locker.using on a free lock in memory, µs per call',
            head: ['', 'locker.using', '@Locked', 'added'],
            rows: [
              ['Holdfast', ...columns([decorator.direct, decorator.decorated, decorator.added])],
            ],
          },
        ]),
    ...table(
      'Packages: with their dependencies, and with the client too',
      ['size, MB', 'with client', 'dependencies', 'with client', 'load, ms', 'with client'],
      packages,
      ({ own, withClient }) => [
        figure(own.size),
        figure(withClient.size),
        count(own.dependencies),
        count(withClient.dependencies),
        ...columns([own.load, withClient.load]),
      ],
    ),
  ];
}

function sharingTables({ cycles, line, holders }: Sharing): Table[] {
  return [
    ...table(
      'One lock for 256 callers in one process',
      ['cycles/s', 'client CPU, µs per cycle', 'Redis CPU, µs per cycle'],
      cycles,
      (figures) => [
        spread(figures.cycles, count),
        ...columns([figures.clientCpu, figures.redisCpu]),
      ],
    ),
    ...table(
      '50 callers in five processes, a limit of 8, each holds a permit for 5 to 10 ms',
      ['hand-off p50, ms', 'p99, ms', 'p50 in round trips', 'commands per hand-off'],
      line,
      ({ gapP50, gapP99, pingP50, commandsPerHandOff }) => [
        figure(gapP50),
        figure(gapP99),
        figure(gapP50 / pingP50),
        spread(commandsPerHandOff, figure),
      ],
    ),
    ...table(
      '10,000 holders, bytes for each',
      ['heap', 'memory at Redis'],
      holders,
      ({ heap, redis }) => [spread(heap, count), spread(redis, count)],
    ),
  ];
}

function distinctLocksTable({ callers, standings }: DistinctLocksRow): Table {
  return {
    title: `Distinct locks, ${callersOf(callers)} in one process`,
    head: ['', 'cycles/s', 'client CPU, µs per cycle', 'Redis CPU, µs per cycle'],
    rows: rowsOf(standings, ({ cycles, clientCpu, redisCpu }) => [
      spread(cycles, count),
      ...columns([clientCpu, redisCpu]),
    ]),
  };
}

function severalLocksTable({ callers, standings }: SeveralLocksRow): Table {
  return {
    title: `Two free locks as one, ${callersOf(callers)} in one process`,
    head: ['', 'cycles/s', 'time by that of one lock'],
    rows: rowsOf(standings, ({ cycles, timeByOne }) => [
      spread(cycles, count),
      spread(timeByOne, figure),
    ]),
  };
}

function longLineTable({ waiters, standings }: LongLineRow): Table {
  return {
    title: `${count(waiters)} waiters on one lock in five processes`,
    head: ['', 'commands per hand-off', 'commands/s while all wait'],
    rows: rowsOf(standings, ({ commandsPerHandOff, commandsWhileWaiting }) =>
      columns([commandsPerHandOff, commandsWhileWaiting]),
    ),
  };
}

function columns(spreads: readonly Spread[]): string[] {
  return spreads.map((values) => spread(values, figure));
}

function table<T>(
  title: string,
  head: readonly string[],
  standings: readonly Standing<T>[] | undefined,
  cells: (figures: T) => string[],
): Table[] {
  if (standings === undefined) return [];
  return [{ title, head: ['', ...head], rows: rowsOf(standings, cells) }];
}

/** Who failed has its reason for a figure. */
function rowsOf<T>(standings: readonly Standing<T>[], cells: (figures: T) => string[]): string[][] {
  return standings.map((standing) => [
    standing.contestant,
    ...(standing.kind === 'failed' ? [`failed: ${standing.reason}`] : cells(standing.figures)),
  ]);
}
