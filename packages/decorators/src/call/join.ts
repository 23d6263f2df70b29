import type { Lock } from '@holdfast/core';
import { LockReentryError } from '../errors.js';
import { nameOf } from '../label.js';
import { type Frame, findFrame } from './frame.js';
import { assertNotLost, isLost, type Stay } from './stay.js';
import type { Terms } from './terms.js';

/**
 * The acquisition that the call joins, of one that it runs under; undefined: it takes the lock anew.
 *
 * @throws {LockReentryError | LockLostError} if it must not begin.
 * @throws the reason of the signal, if it was aborted.
 */
export function joined(
  terms: Terms,
  stay: Stay,
  self: unknown,
  signal: AbortSignal | undefined,
): Stay | undefined {
  const { lock } = stay;
  if (isLost(lock)) {
    // Work under a lost lock is lost: it need not begin.
    if (terms.onLost === 'throw') assertNotLost(lock);
    if (!terms.reentrant) return undefined;
  } else if (!lock.held) {
    // Released by hand: nothing is held, and nobody would wait for itself.
    return undefined;
  }
  if (!terms.reentrant) throw new LockReentryError(lock.name, nameOf(terms.label, self));
  signal?.throwIfAborted();
  return stay;
}

/**
 * The ttl to which a call that joins extends the lease before it begins; undefined if there is
 * enough. A lock that is renewed never has less left than half of its ttl.
 */
export function missingTtl({ acquire: { ttl } }: Terms, lock: Lock): number | undefined {
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
