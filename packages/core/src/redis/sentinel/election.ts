import { type NodeAddress, nameOf } from '../cluster/node-address.js';

/** Whom a sentinel names as the master. */
export interface Vote {
  /** Its own id: one that is reached by two addresses has one vote. */
  readonly voter: string;
  /** Undefined: it knows no master of that name, and has no say. */
  readonly named: NodeAddress | undefined;
}

/**
 * Whom more than half of those name that answer; undefined: nobody. Those who give no answer (`undefined`)
 * do not count. Resolves as soon as those who are still asked cannot change it.
 */
export function elect(
  votes: readonly Promise<Vote | undefined>[],
): Promise<NodeAddress | undefined> {
  const voters = new Set<string>();
  const counts = new Map<string, number>();
  let open = votes.length;
  let named = 0;
  return new Promise((resolve) => {
    const count = (vote: Vote | undefined): void => {
      open -= 1;
      if (vote?.named !== undefined && !voters.has(vote.voter)) {
        voters.add(vote.voter);
        named += 1;
        const name = nameOf(vote.named);
        const own = (counts.get(name) ?? 0) + 1;
        counts.set(name, own);
      }
      for (const [name, own] of counts) {
        if (own * 2 > named + open) resolve(addressIn(name));
      }
      if (open === 0) resolve(undefined);
    };
    if (open === 0) resolve(undefined);
    for (const vote of votes) void vote.then(count);
  });
}

function addressIn(name: string): NodeAddress {
  const colon = name.lastIndexOf(':');
  return { host: name.slice(0, colon), port: Number(name.slice(colon + 1)) };
}
