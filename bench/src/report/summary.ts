import { HOLDFAST } from '../contestants/roster.js';
import { figuresOf, type Standing } from '../measure/standing.js';
import type { SeveralLocksRow } from '../workloads/several-locks.js';
import type { Sharing } from '../workloads/sharing.js';
import { callersOf, count, figure } from './figures.js';
import type { Results } from './results.js';
import { markdown } from './text-table.js';

const CALLERS = [1, 16, 256, 1_024];
const HEAD = [
  '',
  'cycles/s, 1 caller',
  ...CALLERS.slice(1).map(count),
  'hand-off p50, ms',
  'p99, ms',
  'commands per hand-off',
  'commands/s for 10,000 held',
];

/** What stands in the README: a line for each contestant, a column for what matters most. */
export function summaryOf(results: Results): string {
  const { distinctLocks = [], oneLock = [], longLine = [], manyHeld = [], machine } = results;
  const { severalLocks = [], sharing } = results;
  const at = (callers: number) =>
    distinctLocks.find((row) => row.callers === callers)?.standings ?? [];
  const line = longLine.find((row) => row.waiters === 100)?.standings ?? [];
  const names = (distinctLocks[0]?.standings ?? []).map(({ contestant }) => contestant);
  const rows = names.map((name) => {
    const cycles = CALLERS.map((callers) =>
      cell(at(callers), name, (figures) => count(figures.cycles.median)),
    );
    const waiting = [
      cell(oneLock, name, ({ gapP50 }) => figure(gapP50)),
      cell(oneLock, name, ({ gapP99 }) => figure(gapP99)),
      cell(line, name, ({ commandsPerHandOff }) => figure(commandsPerHandOff.median)),
    ];
    // Who loses locks spends nothing on them.
    const holding = cell(manyHeld, name, ({ commandsPerSecond, lost }) =>
      lost === 0 ? count(commandsPerSecond.median) : `lost ${count(lost)}`,
    );
    return [name === HOLDFAST ? `**${name}**` : name].concat(cycles, waiting, holding);
  });
  const { cores, cpu, node, redis } = machine;
  return [
    markdown({ title: '', head: HEAD, rows }),
    ...(sharing === undefined ? [] : [sharingSummary(sharing)]),
    ...(severalLocks.length === 0 ? [] : [severalSummary(severalLocks)]),
    `Medians of one run on ${cores} cores (${cpu}) with Node ${node} and Redis ${redis}.`,
  ].join('\n\n');
}

function sharingSummary({ cycles, line }: Sharing): string {
  const rows = cycles.map(({ contestant: name }) => [
    name,
    cell(cycles, name, (figures) => count(figures.cycles.median)),
    cell(line, name, ({ gapP50 }) => figure(gapP50)),
    cell(line, name, ({ gapP99 }) => figure(gapP99)),
    cell(line, name, ({ commandsPerHandOff }) => figure(commandsPerHandOff.median)),
  ]);
  const head = [
    'one lock, 256 callers',
    'cycles/s',
    '50 callers: hand-off p50, ms',
    'p99, ms',
    'commands per hand-off',
  ];
  return markdown({ title: '', head, rows });
}

function severalSummary(rows: readonly SeveralLocksRow[]): string {
  const names = (rows[0]?.standings ?? []).map(({ contestant }) => contestant);
  const head = [
    'two locks as one',
    ...rows.map(({ callers }) => `cycles/s, ${callersOf(callers)}`),
  ];
  const lines = names.map((name) => {
    const cells = rows.map(({ standings }) =>
      cell(standings, name, (figures) => count(figures.cycles.median)),
    );
    return [name].concat(cells);
  });
  return markdown({ title: '', head, rows: lines });
}

function cell<T>(
  standings: readonly Standing<T>[],
  name: string,
  show: (figures: T) => string,
): string {
  const failed = standings.some(({ kind, contestant }) => kind === 'failed' && contestant === name);
  const figures = figuresOf(standings, name);
  if (figures !== undefined) return show(figures);
  return failed ? 'failed' : '-';
}
