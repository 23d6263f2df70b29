import type { Disturbance } from '../history/disturbance.js';
import type { Gap } from '../history/gaps.js';
import type { Outcome } from '../torture.js';
import type { Topology } from '../stage/servers.js';
import { counted, type Figures } from './figures.js';

const SERVERS: Readonly<Record<Topology, string>> = {
  single: 'master and replica',
  cluster: 'three masters, three replicas',
  sentinel: 'master and replica, three sentinels',
};

/** The one table that a run prints. */
export function tableOf(outcome: Outcome, figures: Figures): string {
  const { options, verdict, duration } = outcome;
  const loses = options.losing.length > 0;
  const { faults, endings, longestGap, longestCalmGap } = figures;
  const rows: (readonly [string, string | number] | undefined)[] = [
    ['seed', options.seed],
    ['time', `${(options.duration / 60_000).toFixed(1)} min of ${(duration / 60_000).toFixed(1)}`],
    [
      SERVERS[options.topology ?? 'single'],
      loses ? `lose data by: ${options.losing.join(', ')}` : 'appendfsync always',
    ],
    ['workers, processes in all', `${options.workers}, ${figures.processes}`],
    undefined,
    ...[...faults].map(([kind, count]) => [`fault: ${kind}`, count] as const),
    ['faults', sum(faults)],
    undefined,
    ['calls', figures.calls],
    ...[...endings].map(([ending, count]) => [`ended with: ${ending}`, count] as const),
    ['grants', figures.grants],
    ['hand-offs', figures.handOffs],
    ['adopted by another process', figures.adopted],
    ['held as shared, with a limit', `${figures.shared}, ${figures.limited}`],
    ['granted to decorated methods', figures.decorated],
    ['granted as one of several', figures.asOneOfSeveral],
    ['beliefs up to the deadline', figures.beliefsToDeadline],
    ['waiters compared for their order', figures.compared],
    undefined,
    ['writes to the register', figures.writes],
    ['stale writes refused', figures.refused],
    undefined,
    ['longest idle time with a waiter, in calm', lengthOf(longestCalmGap)],
    ['longest idle time with a waiter', lengthOf(longestGap)],
    ['  because of', causesOf(longestGap)],
    undefined,
    outcome.surprises > 0 ? ['masters replaced of themselves', outcome.surprises] : undefined,
    loses ? ['beliefs that overlap', verdict.overlaps] : undefined,
    ...[...counted(verdict.violations.map(({ check }) => check))].map(
      ([check, count]) => [`violated: ${check}`, count] as const,
    ),
    ['violations', verdict.violations.length],
  ];
  const width = Math.max(...rows.map((row) => row?.[0].length ?? 0));
  return rows
    .filter((row, index) => row !== undefined || rows[index - 1] !== undefined)
    .map((row) => (row === undefined ? '' : `${row[0].padEnd(width)}  ${row[1]}`))
    .join('\n');
}

function lengthOf(gap: Gap | undefined): string {
  return gap === undefined ? 'none' : `${(gap.to - gap.from).toFixed(1)} ms (${gap.lock})`;
}

/** What lasted longest around the gap, first. */
function causesOf(gap: Gap | undefined): string {
  if (gap === undefined || gap.causes.length === 0) return 'nothing known';
  const within = ({ from, to }: Disturbance): number =>
    Math.min(to, gap.to) - Math.max(from, gap.from);
  const kinds = gap.causes
    .toSorted((one, other) => within(other) - within(one))
    .map(({ kind, slot }) => (slot === 'all' ? kind : `${kind} (${slot})`));
  return [...new Set(kinds)].slice(0, 3).join(', ');
}

function sum(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((total, count) => total + count, 0);
}
