import { LockReentryError } from '../../errors.js';
import { type Call, type Held, namesOf } from './call.js';
import { findFrame, type Frame, innermost } from './frame.js';
import { assertNotLost, isLost, type Stay } from './stay.js';

/** Whether a call under an acquisition asks for something of it. */
export function overlap(stay: Stay, locker: object, names: readonly string[]): boolean {
  return stay.locker === locker && names.some((name) => stay.lockNamed(name) !== undefined);
}

/**
 * What the call joins, of an acquisition that it runs under; undefined: it takes the lock anew. A name
 * joins a list that it is in, and a list joins the same one. Another that has some of its names in
 * common would wait for itself.
 *
 * @throws {LockReentryError | LockLostError} if it must not begin.
 * @throws the reason of the signal, if it was aborted.
 */
export function joined<L, T, H extends Held>(call: Call<L, T, H>, stay: Stay): Held | undefined {
  const { lockNames, onLost, reentrant, signal } = call;
  const held = stay.heldUnder(lockNames);
  if (isLost(held ?? stay.held)) {
    // Work under a lost lock is lost: it need not begin.
    if (onLost === 'throw') assertNotLost(held ?? stay.held);
    if (!reentrant) return undefined;
  } else {
    const inTheWay = namesOf(lockNames).find((name) => stay.lockNamed(name)?.held === true);
    // Released by hand: nothing is held, and nobody would wait for itself.
    if (inTheWay === undefined) return undefined;
    if (!reentrant || held?.held !== true) {
      throw new LockReentryError(inTheWay, call.caller(), stay.holder.caller());
    }
  }
  if (signal?.aborted === true) throw signal.reason;
  return held;
}

/**
 * The ttl to which a call that joins extends the lease before it begins; undefined if there is
 * enough. A lock that is renewed never has less left than half of its ttl.
 */
export function missingTtl(ttl: number | undefined, lock: Held): number | undefined {
  if (ttl === undefined || !lock.held) return undefined;
  const { ttl: kept } = lock;
  return ttl > kept || lock.remaining < Math.min(ttl, kept / 2) ? ttl : undefined;
}

/** The acquisitions of locks with one of these names that a call runs under, of whatever locker. */
export function staysAround(outer: Frame | undefined, names: readonly string[]): readonly Stay[] {
  const stays = new Set<Stay>();
  findFrame(outer, (stay) => {
    if (overlap(stay, stay.locker, names)) stays.add(stay);
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
  const frame = findFrame(
    innermost(),
    (stay) => stay.locker === locker && stay.lockNamed(lockName)?.held === true,
  );
  if (frame !== undefined) {
    throw new LockReentryError(lockName, 'acquire', frame.stay.holder.caller());
  }
}
