import type { Check } from './violation.js';

/** What is held is not taken away before its deadline. */
export const keeping: Check = function* ({ keepsData, losses, byOwner }) {
  if (!keepsData) return;
  for (const { worker, owner, at } of losses) {
    const belief = byOwner.get(owner)?.find((one) => one.worker === worker);
    // Ended as something else, or after the deadline: then the server was right.
    if (belief === undefined || belief.how !== 'gone') continue;
    yield {
      ...{ lock: belief.lock, at },
      message: `${worker} (${belief.fencingToken}) was told that its lock is gone, before the deadline.`,
    };
  }
};
