import { type AbortSignalLike, attend, leave } from '../engine/claim/abort.js';
import { LockLostError } from '../errors.js';
import { isLockLost } from '../lock-lost.js';
import type { Duration } from '../runtime/duration.js';
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

/**
 * Campaigns and leads until `stop` aborts, or the work is over. There is never more than one work at
 * a time: the next campaign begins when the work has ended.
 */
export async function lead<T>(
  locker: object,
  campaign: () => Promise<Lock>,
  work: LeaderWork<T>,
  stop: AbortSignal,
): Promise<T | undefined> {
  while (!stop.aborted) {
    let lock: Lock;
    try {
      // oxlint-disable-next-line no-await-in-loop -- one term after the other
      lock = await campaign();
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
    if (error instanceof LockLostError) return LOST;
    throw error;
  }
}

/** Aborts the one when the other is aborted; returns how to end that. */
export function follow(signal: AbortSignalLike, controller: AbortController): () => void {
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
