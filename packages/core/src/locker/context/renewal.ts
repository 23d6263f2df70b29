import type { Clock } from '../../runtime/clock.js';
import type { Held } from './call.js';

/**
 * Renews a lock for a call that joined it and asks for that, where the call that took it did not.
 * Where it did, the lock always has more left than this waits for, and nothing is sent. Returns how
 * to end it.
 */
export function renewFor(lock: Held, clock: Clock): () => void {
  const { ttl } = lock;
  let ended = false;
  let callOff: (() => void) | undefined;
  const look = (): void => {
    if (ended || !lock.held) return;
    if (lock.remaining > ttl / 2) wait();
    // Without an answer it is tried again, as long as there is something to keep.
    else lock.renew().then(wait, wait);
  };
  const wait = (): void => {
    if (!ended) callOff = clock.after(ttl / 6, look);
  };
  look();
  return () => {
    ended = true;
    callOff?.();
  };
}
