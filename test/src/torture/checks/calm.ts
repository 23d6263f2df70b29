import type { Check } from './violation.js';

/** Who asks for an answer within less may be told that there was none; in ms. */
const PATIENCE = 500;

/** Redis is said to be out of reach only when something stands in the way. */
export const calm: Check = function* ({ calls, disturbances }) {
  for (const { worker, slot, operation, lock, outcome, from, to } of calls) {
    if (to === undefined || to - from < PATIENCE || !outcome.startsWith('REDIS_')) continue;
    if (!disturbances.calm(slot, from, to)) continue;
    yield { lock, at: to, message: `${operation} of ${worker} ended with ${outcome} for nothing.` };
  }
};
