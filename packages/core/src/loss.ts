import { describeHolder, type LockHolder } from './lock-holder.js';

/**
 * Why a holder must stop believing.
 *
 * - `gone`: the server says that nobody holds the lock, or its key has another data type.
 * - `taken`: the server says that somebody else holds it.
 * - `forced`: it was taken away by `forceRelease`, or by `steal` of Web Locks, and this process was told at
 *   once.
 * - `expired`: the deadline passed before a renewal was confirmed.
 * - `overdue`: it was held for longer than `maxHold`. Nobody else has it before the lease is over.
 * - `closed`: the locker was closed while the lock was held; the lock was given back.
 * - `together`: another lock that was taken together with it was lost; this one was given back. The
 *   loss of the other one is the `cause`.
 * - `released`: the handle was used after its own release or hand-over.
 */
export type LostReason =
  | 'gone'
  | 'taken'
  | 'forced'
  | 'expired'
  | 'overdue'
  | 'closed'
  | 'together'
  | 'released';

/** What is known of a loss, so that it explains itself. All durations are milliseconds. */
export interface LossFacts {
  /** How long after its deadline the loss was noticed. Undefined: it was not lost by that. */
  readonly lateBy: number | undefined;
  /** Since the last renewal that was confirmed; with none, since the grant. */
  readonly sinceRenewal: number;
  /** By how much the event loop was late at the most since then. Below 10 ms it counts as 0. */
  readonly eventLoopDelay: number;
  /**
   * What probably kept the lease from being renewed, where the deadline passed. `process`: this one
   * stood still for a third of the time or more. `server`: it gave no answer, or none that confirms.
   * Undefined: nothing did; it was not to be renewed.
   */
  readonly suspect: 'process' | 'server' | undefined;
}

const TOLD: Record<LostReason, string> = {
  gone: 'the server says that nobody holds it',
  taken: 'the server says that somebody else holds it',
  forced: 'it was taken away by force',
  expired: 'its deadline passed before a renewal was confirmed',
  overdue: 'it was held for longer than maxHold',
  closed: 'the locker was closed while the lock was held',
  together: 'a lock that was taken together with it was lost',
  released: 'it had already been released or handed over',
};

/** Why a lock was lost, in words, for the person who reads the log. */
export function tellLoss(
  reason: LostReason,
  holder: LockHolder | undefined,
  facts: LossFacts | undefined,
): string {
  const how = reason === 'forced' ? `${TOLD.forced}; ` : '';
  if (holder !== undefined) {
    return `${how}the server says that it is held by ${describeHolder(holder)}.`;
  }
  if (reason !== 'expired' || facts === undefined) return `${TOLD[reason]}.`;
  return `${TOLD[reason]}. ${tellExpiry(facts)}`;
}

function tellExpiry({ lateBy = 0, sinceRenewal, eventLoopDelay, suspect }: LossFacts): string {
  const since = `The last confirmation came ${ms(sinceRenewal)} before`;
  switch (suspect) {
    case 'process': {
      const late = ms(Math.max(lateBy, eventLoopDelay));
      return `${since}, and this process stood still meanwhile: it was up to ${late} late.`;
    }
    case 'server':
      return `${since}; this process ran, and the server confirmed nothing.`;
    case undefined:
      return `The lease began ${ms(sinceRenewal)} before, and was not to be renewed.`;
  }
}

function ms(time: number): string {
  return `${Math.round(time)} ms`;
}
