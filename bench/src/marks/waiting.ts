import { entryNamed, HOLDFAST } from '../contestants/roster.js';
import { figuresOf, othersThan, type Standing } from '../measure/standing.js';
import { count, figure } from '../report/figures.js';
import type { LongLineRow } from '../workloads/long-line.js';
import type { OneLock } from '../workloads/one-lock.js';
import { type Mark, missing } from './mark.js';

const DRAIN = 1.15;
/** Of the best library that polls. */
const P99_SHARE = 0.1;
/** Commands for a hand-off: a look at a lock that seems stuck falls into the time, or does not. */
const TOLERANCE = 0.05;
/** A look every few seconds by each of the five processes. */
const NEAR_ZERO = 2;

/** In line, each in their turn. */
export function orderMark(standings: readonly Standing<OneLock>[]): Mark {
  return oneLockMark(standings, '50 waiters: inversions, overlaps', 'none', (ours) => ({
    measured: `${count(ours.inversions.max)}, ${count(ours.overlaps)}`,
    reached: ours.inversions.max === 0 && ours.overlaps === 0,
  }));
}

export function drainMark(standings: readonly Standing<OneLock>[]): Mark {
  return oneLockMark(standings, '50 waiters: time to drain / ideal', `<= ${DRAIN}`, (ours) => ({
    measured: figure(ours.drain.median),
    reached: ours.drain.median <= DRAIN,
  }));
}

export function roundTripsMark(standings: readonly Standing<OneLock>[], most: number): Mark {
  const workload = '50 waiters: hand-off gap p50';
  return oneLockMark(standings, workload, `<= ${most} round trips`, ({ gapP50, pingP50 }) => ({
    measured: `${figure(gapP50 / pingP50)} (${figure(gapP50)} ms, a PING ${figure(pingP50)} ms)`,
    reached: gapP50 / pingP50 <= most,
  }));
}

export function worstGapMark(standings: readonly Standing<OneLock>[]): Mark {
  const workload = '50 waiters: hand-off gap p99';
  const wanted = '<= 1/10 of the best that polls';
  const [best] = othersThan(standings, HOLDFAST)
    .filter(({ contestant }) => entryNamed(contestant).waits === 'polling')
    .toSorted((a, b) => a.gapP99 - b.gapP99);
  if (best === undefined) return missing(workload, wanted, 'nobody who polls');
  return oneLockMark(standings, workload, wanted, ({ gapP99 }) => ({
    measured: `${figure(gapP99)} ms; ${best.contestant} ${figure(best.gapP99)} ms`,
    reached: gapP99 <= best.gapP99 * P99_SHARE,
  }));
}

export function commandsMark(rows: readonly LongLineRow[]): Mark {
  const numbers = rows.map(({ waiters }) => count(waiters)).join(', ');
  const workload = `${numbers} waiters: commands per hand-off`;
  const wanted = 'constant';
  const ours = rows.flatMap(({ standings }) => figuresOf(standings, HOLDFAST) ?? []);
  if (ours.length < rows.length) return missing(workload, wanted, HOLDFAST);
  const commands = ours.map(({ commandsPerHandOff }) => commandsPerHandOff.median);
  return {
    workload,
    wanted,
    measured: commands.map(figure).join(', '),
    reached: Math.max(...commands) - Math.min(...commands) <= TOLERANCE,
  };
}

export function quietMark(rows: readonly LongLineRow[]): Mark {
  const numbers = rows.map(({ waiters }) => count(waiters)).join(', ');
  const workload = `${numbers} waiters: commands/s while all wait`;
  const wanted = `near zero: <= ${NEAR_ZERO}`;
  const ours = rows.flatMap(({ standings }) => figuresOf(standings, HOLDFAST) ?? []);
  if (ours.length < rows.length) return missing(workload, wanted, HOLDFAST);
  const commands = ours.map(({ commandsWhileWaiting }) => commandsWhileWaiting.median);
  return {
    workload,
    wanted,
    measured: commands.map(figure).join(', '),
    reached: Math.max(...commands) <= NEAR_ZERO,
  };
}

function oneLockMark(
  standings: readonly Standing<OneLock>[],
  workload: string,
  wanted: string,
  judge: (ours: OneLock) => Pick<Mark, 'measured' | 'reached'>,
): Mark {
  const ours = figuresOf(standings, HOLDFAST);
  if (ours === undefined) return missing(workload, wanted, HOLDFAST);
  return { workload, wanted, ...judge(ours) };
}
