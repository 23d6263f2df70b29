import type { Machine } from '../report/results.js';
import type { Standing } from '../measure/standing.js';
import type { DistinctLocksRow } from '../workloads/distinct-locks.js';
import type { LongLineRow } from '../workloads/long-line.js';
import type { OneLock } from '../workloads/one-lock.js';
import type { Failover } from './failover.js';
import type { Replicas } from './replicas.js';

/** As many masters, and what callers did there. */
export interface CyclesRow extends DistinctLocksRow {
  readonly masters: number;
}

/** What was measured in clusters. What was left out is absent. */
export interface ClusterResults {
  readonly machine?: Machine;
  readonly cycles?: readonly CyclesRow[];
  readonly handOff?: readonly Standing<OneLock>[];
  readonly longLine?: readonly LongLineRow[];
  readonly failover?: Failover;
  readonly replicas?: readonly Replicas[];
}

/** What was measured now takes the place of the same that was measured before. */
export function merge(before: ClusterResults, now: ClusterResults): ClusterResults {
  const kept = (before.cycles ?? []).filter(
    (row) => now.cycles?.some((other) => isSame(row, other)) !== true,
  );
  const cycles = [...kept, ...(now.cycles ?? [])].toSorted(
    (one, other) => one.masters - other.masters || one.callers - other.callers,
  );
  return { ...before, ...now, cycles };
}

function isSame(one: CyclesRow, other: CyclesRow): boolean {
  return one.masters === other.masters && one.callers === other.callers;
}
