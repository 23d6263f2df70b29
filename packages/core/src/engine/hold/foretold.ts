import type { Grant } from './grant.js';

/** Of more, the oldest is forgotten: whoever holds it learns of its loss by the next renewal. */
const MOST = 1_024;

/**
 * Grants of which it was said that they were taken by force before they were known here: that, and the
 * answer that tells of a grant, come on two connections.
 */
export class Foretold {
  readonly #grants = new Set<string>();

  note(grant: Grant): void {
    this.#grants.add(idOf(grant));
    if (this.#grants.size <= MOST) return;
    const [oldest = ''] = this.#grants;
    this.#grants.delete(oldest);
  }

  /** Whether that was said of this one. Forgets it. */
  take(grant: Grant): boolean {
    return this.#grants.size > 0 && this.#grants.delete(idOf(grant));
  }
}

function idOf({ token, fencingToken }: Grant): string {
  return `${fencingToken} ${token}`;
}
