import { Roster } from '../../runtime/roster.js';
import type { Hold } from './hold.js';

/** The locks that one locker holds. */
export class Holds {
  readonly #all = new Roster<Hold>();
  /** Those that were adopted where they were held already: one grant with several holders. */
  readonly #shared = new Map<string, Set<Hold>>();

  add(hold: Hold): void {
    this.#all.add(hold);
  }

  /** As `add`, for a grant that may be held here already. */
  addSharing(hold: Hold): void {
    const { token, fencingToken } = hold;
    const sharing = this.#shared.get(token) ?? new Set<Hold>();
    for (const other of this.#all) {
      if (other.token === token && other.fencingToken === fencingToken) sharing.add(other);
    }
    this.#all.add(hold);
    if (sharing.size > 0) this.#shared.set(token, sharing.add(hold));
  }

  remove(hold: Hold): void {
    this.#all.remove(hold);
    if (this.#shared.size > 0) this.#part(hold);
  }

  /** Its grant is over, or is being given back: whoever shares it has lost it. */
  over(hold: Hold): void {
    if (this.#shared.size === 0) return;
    const others = this.#part(hold);
    for (const other of others) other.lose('gone');
  }

  /** Returns who shared the grant with it. */
  #part(hold: Hold): readonly Hold[] {
    const sharing = this.#shared.get(hold.token);
    if (sharing === undefined || !sharing.delete(hold)) return [];
    if (sharing.size === 0) this.#shared.delete(hold.token);
    return [...sharing];
  }

  /** Whether the grant was held here, and is being given back. */
  isEnding(token: string, fencingToken: number): boolean {
    const known = this.#all.find(
      (hold) => hold.token === token && hold.fencingToken === fencingToken,
    );
    return known?.held === false;
  }

  /** The one that holds a grant to this token which is older than `fencingToken`. */
  olderThan(token: string, fencingToken: number): Hold | undefined {
    return this.#all.find((hold) => hold.token === token && hold.fencingToken < fencingToken);
  }

  [Symbol.iterator](): Iterator<Hold> {
    return this.#all[Symbol.iterator]();
  }
}
