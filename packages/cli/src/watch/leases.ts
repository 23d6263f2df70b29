import type { InspectedHolder } from '@holdfast/core';

/**
 * How long each lease was when it was longest: that is what its bar is a part of. The server knows only
 * what remains.
 */
export class Leases {
  readonly #longest = new Map<string, number>();

  /** What remains of it, from 0 to 1. Undefined: it has no end, or belongs to another program. */
  part(holder: InspectedHolder): number | undefined {
    if (holder.kind !== 'locker' || holder.remaining === undefined) return undefined;
    const longest = Math.max(this.#longest.get(holder.token) ?? 1, holder.remaining);
    this.#longest.set(holder.token, longest);
    return holder.remaining / longest;
  }

  /** Forgets those that are over. */
  keep(holders: Iterable<InspectedHolder>): void {
    const tokens = new Set([...holders].map((holder) => ('token' in holder ? holder.token : '')));
    for (const token of this.#longest.keys()) if (!tokens.has(token)) this.#longest.delete(token);
  }
}
