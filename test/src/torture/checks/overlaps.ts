import type { Belief } from '../history/belief.js';
import { carried } from '../history/carried.js';
import { fit } from '../history/share.js';
import type { Check } from './violation.js';

/**
 * No beliefs on one lock overlap that may not: the weights of all together are not above the limit of
 * any of them. Who adopts a lock goes on with the belief of who handed it over:
 * nobody else may believe between the two.
 */
export const overlaps: Check = function* ({ beliefs }) {
  for (const [lock, all] of beliefs) {
    let inside: Belief[] = [];
    const held = [...all, ...carried(all)].toSorted((one, other) => one.from - other.from);
    for (const belief of held) {
      if (belief.to <= belief.from) continue;
      inside = inside.filter(({ to }) => to > belief.from);
      if (!fit([...inside, belief].map(({ share }) => share))) {
        const until = Math.min(belief.to, ...inside.map(({ to }) => to));
        yield {
          lock,
          at: belief.from,
          message: `${nameOf(belief)} believed for ${(until - belief.from).toFixed(3)} ms while ${inside.map((one) => `${nameOf(one)}, which ended as '${one.how}',`).join(' and ')} did.`,
        };
      }
      inside.push(belief);
    }
  }
};

function nameOf({ worker, fencingToken, share }: Belief): string {
  const { limit, weight } = share;
  return `${worker} (${fencingToken}, ${weight} of ${limit ?? 'any number'})`;
}
