import { type Entry, ROSTER } from '../contestants/roster.js';
import { SHARERS } from '../contestants/sharers.js';
import type { Standing } from '../measure/standing.js';
import type { Spread } from '../measure/statistics.js';
import { callersOf, count } from '../report/figures.js';
import type { Results } from '../report/results.js';
import type { Bar, Chart, Panel } from './panel.js';

/** At this many callers, the CPU time per cycle is shown. */
const BUSY = 256;

/** Of a whole run. */
export function chartsOf(results: Results): Chart[] {
  const { distinctLocks = [], oneLock = [], longLine = [], manyHeld = [], heap = [] } = results;
  const { packages = [], severalLocks = [], sharing } = results;
  const busy = distinctLocks.find(({ callers }) => callers === BUSY)?.standings ?? [];
  return [
    {
      name: 'cycles',
      title: 'Acquire and release, each caller on its own lock, in one process: cycles per second',
      panels: distinctLocks.map(({ callers, standings }) =>
        panel(callersOf(callers), standings, (figures) => figures.cycles),
      ),
    },
    {
      name: 'cpu',
      title: `CPU time per cycle with ${BUSY} callers, µs`,
      panels: [
        panel('client', busy, (figures) => figures.clientCpu),
        panel('Redis', busy, (figures) => figures.redisCpu),
      ],
    },
    {
      name: 'hand-off',
      title: '50 waiters on one lock, held 5 ms each, in five processes',
      panels: [
        logarithmic(
          panel('from release to the next holder, p50, ms', oneLock, (figures) => figures.gapP50),
        ),
        logarithmic(
          panel('from release to the next holder, p99, ms', oneLock, (figures) => figures.gapP99),
        ),
        logarithmic(panel('time to drain, by the ideal', oneLock, (figures) => figures.drain)),
        panel('pairs served in the wrong order', oneLock, (figures) => figures.inversions),
      ],
    },
    {
      name: 'several',
      title: 'Shared, limited, and several as one: cycles per second',
      panels: [
        ...(sharing === undefined
          ? []
          : [panel('one lock, 256 callers', sharing.cycles, (figures) => figures.cycles)]),
        ...severalLocks.map(({ callers, standings }) =>
          panel(`two locks, ${callersOf(callers)}`, standings, (figures) => figures.cycles),
        ),
      ],
    },
    {
      name: 'line',
      title: 'What waiters cost the server: commands of clients',
      panels: longLine.flatMap(({ waiters, standings }) => [
        logarithmic(
          panel(
            `${count(waiters)} waiters: per hand-off`,
            standings,
            (figures) => figures.commandsPerHandOff,
          ),
        ),
        logarithmic(
          panel(
            `${count(waiters)} waiters: per second while all wait`,
            standings,
            (figures) => figures.commandsWhileWaiting,
          ),
        ),
      ]),
    },
    {
      name: 'held',
      title: '10,000 locks held in one process, ttl 3 s',
      panels: [
        panel('commands per second', manyHeld, (figures) => figures.commandsPerSecond),
        panel('CPU of the client, % of a core', manyHeld, (figures) => figures.clientCpu),
        panel('how late timers are, p99, ms', manyHeld, (figures) => figures.delayP99),
        panel('locks lost', manyHeld, (figures) => figures.lost),
      ],
    },
    {
      name: 'weight',
      title: 'Memory and packages',
      panels: [
        panel('heap per held lock, bytes', heap, (figures) => figures.perLock),
        panel('heap per waiter, bytes', heap, (figures) => figures.perWaiter),
        panel(
          'load time with its Redis client, ms',
          packages,
          (figures) => figures.withClient.load,
        ),
        panel('size with its Redis client, MB', packages, (figures) => figures.withClient.size),
      ],
    },
  ];
}

function panel<T>(
  title: string,
  standings: readonly Standing<T>[],
  of: (figures: T) => Spread | number,
): Panel {
  return { title, bars: standings.map((standing) => bar(standing, of)) };
}

function logarithmic(linear: Panel): Panel {
  return { ...linear, logarithmic: true };
}

function bar<T>(standing: Standing<T>, of: (figures: T) => Spread | number): Bar {
  const { contestant: name } = standing;
  const role = roleOf(name);
  if (standing.kind === 'failed') return { name, role, value: undefined };
  const value = of(standing.figures);
  if (typeof value === 'number') return { name, role, value };
  return { name, role, value: value.median, range: [value.min, value.max] };
}

/** Packages stand under their own names. */
function roleOf(name: string): Bar['role'] {
  const isOf = (entry: Entry): boolean => name === entry.name || name === entry.packages?.own;
  return [...ROSTER, ...SHARERS].find(isOf)?.role ?? 'peer';
}
