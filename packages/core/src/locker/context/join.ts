import { LockReentryError } from '../../errors.js';
import type { Lock } from '../lock.js';
import { roomFor, suffices } from '../mode.js';
import type { Call } from './call.js';
import { findFrame, type Frame, innermost } from './frame.js';
import { assertNotLost, isLost, type Stay } from './stay.js';

/**
 * The acquisition that the call joins, of one that it runs under; undefined: it takes the lock anew.
 *
 * @throws {LockReentryError | LockLostError} if it must not begin.
 * @throws the reason of the signal, if it was aborted.
 */
export function joined<L, T>(call: Call<L, T>, stay: Stay): Stay | undefined {
  const { onLost, reentrant, signal } = call;
  const { lock } = stay;
  if (isLost(lock)) {
    // Work under a lost lock is lost: it need not begin.
    if (onLost === 'throw') assertNotLost(lock);
    if (!reentrant) return undefined;
  } else if (!lock.held) {
    // Released by hand: nothing is held, and nobody would wait for itself.
    return undefined;
  }
  const enough = !lock.held || suffices(lock, roomFor(stay.locker, call.asks));
  if (!reentrant || !enough) {
    throw new LockReentryError(lock.name, call.caller(), stay.holder.caller(), lock.mode);
  }
  if (signal?.aborted === true) throw signal.reason;
  return stay;
}

/**
 * The ttl to which a call that joins extends the lease before it begins; undefined if there is
 * enough. A lock that is renewed never has less left than half of its ttl.
 */
export function missingTtl(ttl: number | undefined, lock: Lock): number | undefined {
  if (ttl === undefined || !lock.held) return undefined;
  const { ttl: kept } = lock;
  return ttl > kept || lock.remaining < Math.min(ttl, kept / 2) ? ttl : undefined;
}

/** The acquisitions of locks with this name that a call runs under, of whatever locker. */
export function staysAround(outer: Frame | undefined, lockName: string): readonly Stay[] {
  const stays = new Set<Stay>();
  findFrame(outer, (stay) => {
    if (stay.lock.name === lockName) stays.add(stay);
    return false;
  });
  return [...stays];
}

/**
 * A bare acquire has nothing to join: inside of the very lock that it waits for, it would wait for
 * itself.
 *
 * @throws {LockReentryError}
 */
export function assertNoSelfWait(locker: object, lockName: string): void {
  const frame = findFrame(innermost(), (stay) => stay.isOf(locker, lockName) && stay.lock.held);
  if (frame !== undefined)
    throw new LockReentryError(lockName, 'acquire', frame.stay.holder.caller());
}
