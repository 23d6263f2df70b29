import { type AbortSignalLike, attend, leave } from '../engine/claim/abort.js';
import { LockLostError } from '../errors.js';
import { isLockLost } from '../lock-lost.js';
import type { Duration } from '../runtime/duration.js';
import type { ResolvedAcquireOptions } from './acquire-options.js';
import { Frame, innermost, inside } from './context/frame.js';
import { Stay } from './context/stay.js';
import type { Lock } from './lock.js';

/** Options of `locker.lead`. */
export interface LeadOptions {
  /** Ends it: whoever leads steps down, and nobody campaigns any more. */
  readonly signal?: AbortSignal | undefined;
  /**
   * How long the others wait for a leader that crashed. From 10 ms. Default: the locker's, which is
   * 30 s.
   */
  readonly ttl?: Duration | undefined;
  /** As in `HoldOptions`. */
  readonly group?: string | undefined;
}

/**
 * What a leader does. The signal aborts when it has to stop: the lock was lost, or it is to step down.
 */
export type LeaderWork<T> = (lock: Lock, signal: AbortSignal) => T | PromiseLike<T>;

/** How a term ended: with the lock lost, so that it is not for the work to say; or by the work. */
type End<T> = { readonly kind: 'lost' } | { readonly kind: 'over'; readonly result: T | undefined };

const LOST = { kind: 'lost' } as const;

/** For errors of calls that run inside. */
const LEADER = { caller: () => 'lead' };

/** Nobody is in a hurry to lead, and who leads goes on. */
export function campaignTerms(
  { ttl, group }: Pick<ResolvedAcquireOptions, 'ttl' | 'group'>,
  signal: AbortSignal,
): ResolvedAcquireOptions {
  return {
    ttl,
    group,
    signal,
    room: undefined,
    waitTimeout: Infinity,
    renew: true,
    maxHold: Infinity,
    warnAfter: Infinity,
    maxWaiting: Infinity,
    onOutage: 'wait',
    holdAtLeast: 0,
  };
}

/** Waits for the lock, until the signal aborts. */
export type Campaign = (stop: AbortSignal) => Promise<Lock>;

/** All that leads at one locker, or campaigns. */
export class Leads {
  readonly #locker: object;
  readonly #stops = new Set<AbortController>();

  constructor(locker: object) {
    this.#locker = locker;
  }

  /** Until `signal` aborts, or `stop` is called, or the work is over. */
  async lead<T>(
    campaign: Campaign,
    work: LeaderWork<T>,
    signal: AbortSignalLike | undefined,
  ): Promise<T | undefined> {
    const stop = new AbortController();
    const unfollow = signal && follow(signal, stop);
    this.#stops.add(stop);
    try {
      return await lead(this.#locker, campaign, work, stop.signal);
    } finally {
      this.#stops.delete(stop);
      unfollow?.();
    }
  }

  /** Whoever leads steps down, and nobody campaigns any more. */
  stop(reason: Error): void {
    for (const stop of this.#stops) stop.abort(reason);
  }
}

/**
 * Campaigns and leads until `stop` aborts, or the work is over. There is never more than one work at
 * a time: the next campaign begins when the work has ended.
 */
async function lead<T>(
  locker: object,
  campaign: Campaign,
  work: LeaderWork<T>,
  stop: AbortSignal,
): Promise<T | undefined> {
  while (!stop.aborted) {
    let lock: Lock;
    try {
      // oxlint-disable-next-line no-await-in-loop -- one term after the other
      lock = await campaign(stop);
    } catch (error) {
      if (stop.aborted) break;
      throw error;
    }
    // oxlint-disable-next-line no-await-in-loop -- one term after the other
    const end = await serve(locker, lock, work, stop);
    if (end.kind === 'over') return end.result;
  }
  return undefined;
}

/** One term: the work under the lock, to its end. */
async function serve<T>(
  locker: object,
  lock: Lock,
  work: LeaderWork<T>,
  stop: AbortSignal,
): Promise<End<T>> {
  const stay = new Stay(locker, lock, LEADER);
  stay.enter();
  const frame = new Frame(stay, lock, innermost());
  const term = new AbortController();
  const unfollow = [follow(lock.signal, term), follow(stop, term)];
  let end: End<T> = { kind: 'over', result: undefined };
  try {
    if (!term.signal.aborted) {
      end = { kind: 'over', result: await inside(frame, () => work(lock, term.signal)) };
    }
  } catch (error) {
    if (!isObedience(error, term.signal)) {
      // The loss is told on its channel; what the work has to say comes first.
      await stay.leave().catch(() => {});
      throw error;
    }
  } finally {
    frame.close();
    for (const endOne of unfollow) endOne();
  }
  try {
    await stay.leave();
    return end;
  } catch (error) {
    if (!(error instanceof LockLostError)) throw error;
    // Who was to stop anyway is not to lead again: what the work has brought about counts.
    return stop.aborted ? end : LOST;
  }
}

/** Aborts the one when the other is aborted; returns how to end that. */
function follow(signal: AbortSignalLike, controller: AbortController): () => void {
  const follower = { abort: (reason: unknown) => controller.abort(reason) };
  if (signal.aborted) follower.abort(signal.reason);
  else attend(signal, follower);
  return () => leave(signal, follower);
}

/** Whether work that was told to stop failed for no other reason. */
function isObedience(error: unknown, signal: AbortSignal): boolean {
  if (!signal.aborted) return false;
  const isAbort = error instanceof Error && error.name === 'AbortError';
  return error === signal.reason || isAbort || isLockLost(error);
}
