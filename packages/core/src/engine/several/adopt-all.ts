import { LockLostError } from '../../errors.js';
import type { Hold, HoldRooms, HoldTerms } from '../hold/hold.js';
import { HoldSet } from './hold-set.js';

/**
 * Adopts several locks as one, in one batch. If one of them is lost, losing one is losing all: the
 * others are given back. If there is one of which nobody knows, they are left as they are, for whoever
 * tries again.
 */
export async function adoptAll(
  rooms: HoldRooms,
  adopt: (rooms: HoldRooms, terms: HoldTerms) => Promise<Hold>,
  all: readonly HoldTerms[],
): Promise<HoldSet> {
  const set = new HoldSet(rooms);
  const results = await Promise.allSettled(all.map((terms) => adopt(set, terms)));
  const reasons: unknown[] = [];
  for (const result of results) {
    if (result.status === 'fulfilled') set.add(result.value);
    else reasons.push(result.reason);
  }
  if (reasons.length === 0) {
    set.assertHeld();
    return set;
  }
  const lost = reasons.find((reason) => reason instanceof LockLostError);
  if (lost === undefined) set.letGo();
  else await set.giveBack();
  throw lost ?? reasons[0];
}
