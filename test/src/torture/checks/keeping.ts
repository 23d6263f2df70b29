import type { Check } from './violation.js';

/**
 * What is held is not taken away before its deadline. Who finds it gone when it adopts it speaks for
 * who handed it over.
 */
export const keeping: Check = function* ({ keepsData, grace = 0, losses, byOwner }) {
  if (!keepsData && grace === 0) return;
  for (const { worker, owner, at } of losses) {
    const beliefs = byOwner.get(owner);
    const belief = beliefs?.findLast((one) => one.worker === worker) ?? beliefs?.at(-1);
    // After the deadline it is as it should be: a release can be late, too.
    if (belief === undefined || at >= belief.until) continue;
    yield {
      lock: belief.lock,
      at,
      message: `${worker} (${belief.fencingToken}) was told that its lock is gone ${(belief.until - at).toFixed(1)} ms before its deadline.`,
    };
  }
};
