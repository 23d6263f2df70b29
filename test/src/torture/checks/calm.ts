import type { Check } from './violation.js';

/** Redis is said to be out of reach only when something stands in the way. */
export const calm: Check = function* ({ calls, disturbances }) {
  for (const { worker, slot, operation, lock, outcome, from, to } of calls) {
    if (to === undefined || !/^REDIS_/.test(outcome)) continue;
    if (!disturbances.calm(slot, from, to)) continue;
    yield { lock, at: to, message: `${operation} of ${worker} ended with ${outcome} for nothing.` };
  }
};
