import { total } from '../history/disturbance.js';
import { gaps } from '../history/gaps.js';
import type { Check } from './violation.js';

/**
 * A free lock with somebody who waits is found by the next poll at the latest: when the lease of a
 * holder or of an orphan that a fault has left would end (3 s), every 5 s at least; in ms.
 */
const BOUND = 3_000 + 5_000 + 1_000;

/** No waiter is left standing before a lock that is free. */
export const idleness: Check = function* (history) {
  for (const { lock, from, to, causes } of gaps(history)) {
    const excused = total(causes, from, to);
    // Nothing is granted in a grace; it is the next poll that comes after it.
    if (to - from - excused <= BOUND + 1.5 * (history.grace ?? 0)) continue;
    yield {
      lock,
      at: to,
      message: `It stood idle for ${(to - from).toFixed(0)} ms while somebody waited.`,
    };
  }
};
