import type { Belief } from '../history/belief.js';
import { ALONE } from '../history/share.js';
import type { Check } from './violation.js';

/**
 * Fencing tokens rise in the order of the grants: what was asked for after a grant was received has a
 * higher one. Where the server keeps its data, beliefs in an exclusive lock follow others as the grants
 * do, and their begin says more than the request.
 */
export const fencing: Check = function* (history) {
  const requests = new Map(history.calls.map((call) => [`${call.worker} ${call.call}`, call.from]));
  for (const [lock, all] of history.beliefs) {
    // Of a belief that was over when it began we only know that it was granted some time before.
    // And who adopts one of several that are held together asked for it when others had been granted.
    const certain = all.filter(
      (belief) =>
        (!history.keepsData || belief.to > belief.from) &&
        (belief.share === ALONE || history.byOwner.get(belief.owner)?.[0] === belief),
    );
    const since = (belief: Belief): number =>
      history.keepsData && belief.share === ALONE ? belief.from : requestOf(belief, requests);
    yield* falling(lock, certain, since);
  }
};

/** No token is given twice, to whomever. */
export const unique: Check = function* ({ byOwner }) {
  const owners = new Map<string, Belief>();
  for (const [belief] of byOwner.values()) {
    if (belief === undefined) continue;
    const key = `${belief.fencingToken} ${belief.lock}`;
    const other = owners.get(key);
    if (other === undefined) owners.set(key, belief);
    else {
      yield {
        lock: belief.lock,
        at: belief.from,
        message: `${other.worker} and ${belief.worker} both got ${belief.fencingToken}.`,
      };
    }
  }
};

function* falling(
  lock: string,
  received: readonly Belief[],
  since: (belief: Belief) => number,
): ReturnType<Check> {
  let next = 0;
  let highest: Belief | undefined;
  for (const belief of received.toSorted((one, other) => since(one) - since(other))) {
    for (; ; next += 1) {
      const before = received[next];
      if (before === undefined || before.from >= since(belief)) break;
      if (before.fencingToken > (highest?.fencingToken ?? 0)) highest = before;
    }
    // The same owner: it was adopted.
    if (highest === undefined || belief.owner === highest.owner) continue;
    if (belief.fencingToken > highest.fencingToken) continue;
    yield {
      lock,
      at: belief.from,
      message: `${belief.worker} got ${belief.fencingToken} after ${highest.worker} had got ${highest.fencingToken}.`,
    };
  }
}

function requestOf(belief: Belief, requests: ReadonlyMap<string, number>): number {
  return requests.get(`${belief.worker} ${belief.call}`) ?? belief.from;
}
