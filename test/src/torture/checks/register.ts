import type { Check } from './violation.js';

/** The fenced register never accepts a token that is older than one that it has seen. */
export const register: Check = function* (history) {
  const highest = new Map<string, number>();
  for (const { at, lock, fencingToken, accepted } of history.register) {
    const seen = highest.get(lock) ?? 0;
    if (accepted && fencingToken < seen) {
      yield { lock, at, message: `A write with ${fencingToken} was accepted after ${seen}.` };
    }
    highest.set(lock, Math.max(seen, fencingToken));
  }
};

/** Who writes while it believes is not refused: nobody had the lock after it. */
export const refusals: Check = function* ({ keepsData, writes, byOwner }) {
  if (!keepsData) return;
  for (const { worker, owner, at, to, accepted } of writes) {
    if (accepted) continue;
    const belief = byOwner.get(owner)?.find((one) => one.worker === worker);
    if (belief === undefined || at < belief.from || to > belief.to) continue;
    yield {
      lock: belief.lock,
      at,
      message: `${worker} (${belief.fencingToken}) was refused while it believed.`,
    };
  }
};
