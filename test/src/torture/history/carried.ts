import type { Belief } from './belief.js';

/**
 * The times between a hand-over and the adoption that followed it: nobody believes, and nobody else
 * may. Whoever adopted a lock proves that it was that acquisition's all the time.
 */
export function* carried(beliefs: readonly Belief[]): Iterable<Belief> {
  const given = new Map<string, Belief>();
  for (const belief of beliefs) {
    const giver = given.get(belief.owner);
    if (giver !== undefined && belief.from > giver.to) {
      yield { ...giver, from: giver.to, to: belief.from };
    }
    if (belief.how === 'handed over') given.set(belief.owner, belief);
  }
}
