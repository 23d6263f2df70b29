import type { Belief } from '../history/belief.js';
import { carried } from '../history/carried.js';
import type { Check } from './violation.js';

/**
 * No two beliefs on one lock overlap. Who adopts a lock goes on with the belief of who handed it over:
 * nobody else may believe between the two.
 */
export const overlaps: Check = function* ({ beliefs }) {
  for (const [lock, all] of beliefs) {
    let last: Belief | undefined;
    const held = [...all, ...carried(all)].toSorted((one, other) => one.from - other.from);
    for (const belief of held) {
      if (belief.to <= belief.from) continue;
      if (last !== undefined && belief.from < last.to) {
        const time = Math.min(last.to, belief.to) - belief.from;
        yield {
          lock,
          at: belief.from,
          message: `${belief.worker} (${belief.fencingToken}) believed for ${time.toFixed(3)} ms while ${last.worker} (${last.fencingToken}) did, which ended as '${last.how}'.`,
        };
      }
      if (last === undefined || belief.to > last.to) last = belief;
    }
  }
};
