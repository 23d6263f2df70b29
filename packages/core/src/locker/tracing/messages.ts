import type { WaitOutcome } from '../../diagnostics.js';
import type { Lock } from '../lock.js';
import type { LockSet } from '../lock-set.js';

/** What both tracing channels tell of a call. */
interface TracedCall {
  /** `acquire`: also by `tryAcquire`, `using`, `lead` and `@Locked`. */
  readonly operation: 'acquire' | 'adopt';
  /** More than one: several locks as one. */
  readonly lockNames: readonly string[];
  /** As in `HoldOptions.group`. */
  readonly group: string | undefined;
}

/** How a call that asks for a lock ends. `lost`: of a lock that was to be adopted. */
export type AcquireOutcome = WaitOutcome | 'lost';

/** From a call that asks for a lock until it has it, or is refused. */
export interface AcquireTrace extends TracedCall {
  /** How long the call would wait, in ms: 0 tries once; undefined: no limit. */
  readonly waitTimeout: number | undefined;
  /** When it is over. */
  outcome?: AcquireOutcome;
  /** What it got. */
  result?: Lock | LockSet;
  /** Why it got nothing. */
  error?: unknown;
}

/** How a lock ends for its holder. */
export type HoldOutcome =
  /** It was given back. */
  | 'released'
  /** Its holder is done; `holdAtLeast` keeps it. */
  | 'kept'
  /** By `handOver`. */
  | 'handed-over'
  | 'lost'
  /** It was to be given back, and nobody knows whether it was: the release failed with `error`. */
  | 'unanswered';

/** The time that a lock is held, or several as one. */
export interface HoldTrace extends TracedCall {
  readonly lock: Lock | LockSet;
  /**
   * Runs the work that is called under the lock: a callback of `using`, or a method with `@Locked`; in the
   * stores that are bound to `start`. A subscriber of `start` may put in its place what calls it.
   */
  run: <T>(work: () => T) => T;
  /** When it is over. */
  outcome?: HoldOutcome;
  /** Of a lock that was lost, or a release that failed. */
  error?: unknown;
}

/**
 * The tracing channels of `node:diagnostics_channel`, for `tracingChannel(…)`, and what is published on
 * each of their five parts, in the async context of the call: one object for each call, which
 * subscribers may write to. With no subscriber nothing is built. Only calls that are made when
 * somebody listens are told of.
 *
 * @example How long locks are held
 * ```ts
 * import { subscribe } from 'node:diagnostics_channel';
 * import type { TracingMessages } from '@holdfast/core';
 *
 * const since = new WeakMap<object, number>();
 * subscribe('tracing:holdfast:hold:start', (message) => {
 *   since.set(message as object, performance.now());
 * });
 * subscribe('tracing:holdfast:hold:asyncEnd', (message) => {
 *   const hold = message as TracingMessages['holdfast:hold'];
 *   const time = performance.now() - (since.get(hold) ?? 0);
 *   console.log(`${hold.lockNames.join()} was held for ${time} ms, and ${hold.outcome}`);
 * });
 * ```
 */
export interface TracingMessages {
  /** A call asks for a lock. */
  'holdfast:acquire': AcquireTrace;
  /** A lock is held; begins where `holdfast:acquire` ends with a lock. */
  'holdfast:hold': HoldTrace;
}
