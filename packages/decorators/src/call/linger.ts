import type { Lock } from '@holdfast/core';
import { later, LONGEST, now } from './time.js';

/** Shorter than this the rest of the time is not worth a renewal, in ms. */
const SHORT = 50;

/** Gives the lock back after `rest` ms. Until then the lease itself covers them. */
export function linger(lock: Lock, rest: number): void {
  if (!lock.held) return;
  const time = Math.ceil(rest) + 1;
  const timers = [
    later(time, () => {
      lock[Symbol.asyncDispose]().catch(() => {});
    }),
  ];
  // If this process ends without closing its locker, nobody renews or releases any more.
  if (lock.remaining < time) timers.push(cover(lock, now() + time));
  // Nothing is left to give back when the lock is lost or the locker closes.
  const end = (): void => timers.forEach((callOff) => callOff());
  lock.signal.addEventListener('abort', end, { once: true });
}

/**
 * Has the lease run until this moment. A renewal of the core's comes after a third of the ttl, and
 * would extend the lease by the whole of it: the next of ours comes before, with the time that is
 * left as its ttl. So a process that ends leaves the lock until then, and not for longer. Returns
 * how to call that off.
 */
function cover(lock: Lock, end: number): () => void {
  let callOff: (() => void) | undefined;
  const renew = (): void => {
    const rest = end - now();
    if (rest < SHORT || !lock.held) return;
    // There is room for the deadline, which is before the end of the lease, and for the release.
    // Without an answer the next one tries again.
    lock.renew(Math.min(Math.ceil(rest * 1.02) + SHORT, LONGEST)).catch(() => {});
    callOff = later(rest / 6, renew);
  };
  renew();
  return () => callOff?.();
}
