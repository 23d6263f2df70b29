import type { Belief } from '../history/belief.js';
import type { History } from '../history/history.js';
import { fit } from '../history/share.js';
import type { Check } from './violation.js';

/** Somebody who certainly stood in line before another one came. */
export interface Rivals {
  readonly first: Belief;
  readonly second: Belief;
}

/**
 * First come, first served: who is known to have stood in line before another one's call began gets
 * the lock before. Only those count whose process, connections and server nothing disturbed.
 */
export const order: Check = function* (history) {
  for (const { first, second } of rivals(history)) {
    if (isServedFirst(first, second)) continue;
    yield {
      lock: first.lock,
      at: second.from,
      message: `${second.worker} (${second.fencingToken}) came after ${first.worker} (${first.fencingToken}) stood in line, and was served ${(first.from - second.from).toFixed(1)} ms before it.`,
    };
  }
};

/** The pairs of waiters that can be compared, and were served within each other's wait. */
export function* rivals({ calls, beliefs, lined, disturbances }: History): Iterable<Rivals> {
  const requests = new Map(calls.map((call) => [`${call.worker} ${call.call}`, call]));
  const asked = (belief: Belief): number | undefined => {
    const call = requests.get(`${belief.worker} ${belief.call}`);
    return call === undefined || call.operation === 'adopt' ? undefined : call.from;
  };
  for (const all of beliefs.values()) {
    const patient = all.filter((belief) => lined.has(belief.owner) && belief.to > belief.from);
    for (const first of patient) {
      const called = asked(first);
      const standing = lined.get(first.owner);
      if (called === undefined || standing === undefined) continue;
      if (!disturbances.calm(first.slot, called, first.from)) continue;
      // Those who were served after it stood, the first later one included: it may have come later.
      for (let place = firstAfter(all, standing); place < all.length; place += 1) {
        const second = all[place];
        if (second === undefined) break;
        const came = asked(second);
        if (second !== first && came !== undefined && came > standing) yield { first, second };
        if (second.from > first.from && second !== first) break;
      }
    }
  }
}

/** Where both are let in together, the news of it can come in any order: the grants have theirs. */
function isServedFirst(one: Belief, other: Belief): boolean {
  return fit([one.share, other.share])
    ? one.fencingToken < other.fencingToken
    : one.from < other.from;
}

/** The index of the first belief that began after a moment. */
function firstAfter(beliefs: readonly Belief[], moment: number): number {
  let low = 0;
  let high = beliefs.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((beliefs[middle]?.from ?? Infinity) <= moment) low = middle + 1;
    else high = middle;
  }
  return low;
}
