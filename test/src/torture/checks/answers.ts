import type { Check } from './violation.js';

/** For timers and processes that share two processors with all the others, in ms. */
const SLACK = 1_000;

/**
 * Every call comes to its end: the grant, its timeout or an error, in time. What its process stood
 * still does not count. A call without a limit ends when the lock is granted, before the run does.
 */
export const answers: Check = function* ({ calls, disturbances }) {
  for (const { worker, slot, operation, lock, limit, from, to } of calls) {
    const call = `${operation} of ${worker}`;
    if (to === undefined) {
      yield { lock, at: from, message: `${call} never came to its end.` };
      continue;
    }
    if (limit === null) continue;
    const took = to - from - disturbances.stillness(slot, from, to);
    if (took <= limit + SLACK) continue;
    yield {
      lock,
      at: to,
      message: `${call} took ${took.toFixed(0)} ms, with a limit of ${limit.toFixed(0)} ms.`,
    };
  }
};
