import type { Entry } from './entry.js';
import { Lanes } from './lanes.js';

/** Looking through what waits takes time: so long at least until the next look, in ms. */
const SHORTEST_PAUSE = 10;

/** With more than so many for each ms of the pause, it gets longer. */
const LOOKED_THROUGH_PER_MS = 300;

/** In a stall of our own process nothing is heard: so often must have been looked since. */
const LOOKS = 5;

/**
 * What waits for a connection, and for how long it may: until it is not worth sending any more, or
 * until the server has answered nothing at all for `commandTimeout`. As long as it answers others,
 * all wait for their turn.
 */
export class Outbox {
  /** When to look for what has waited for too long; Infinity: nothing waits. */
  due: number = Infinity;
  readonly #lanes = new Lanes();
  readonly #commandTimeout: number;
  /** When the server was heard last. */
  #heard = -Infinity;
  /** The last looks that were some time apart, the oldest first. */
  readonly #looks: number[] = Array.from({ length: LOOKS }, () => -Infinity);
  #nextLook = -Infinity;

  constructor(commandTimeout: number) {
    this.#commandTimeout = commandTimeout;
  }

  get length(): number {
    return this.#lanes.length;
  }

  add(entry: Entry): void {
    this.#lanes.add(entry);
    this.#lookAt(Math.min(entry.patience.sendBy, entry.since + this.#commandTimeout / LOOKS));
  }

  /** See {@link Lanes.take}. */
  take(count: number, now: number, stale: Entry[]): Entry[] {
    return this.#lanes.take(count, now, stale);
  }

  /** Takes away what matches, in its order. */
  takeBack(isToGo: (entry: Entry) => boolean): Entry[] {
    return this.#lanes.sift((entry) => !isToGo(entry));
  }

  /** The server answered something. */
  heard(now: number): void {
    this.#heard = now;
  }

  /** Takes away what has waited for too long. */
  expire(now: number): Entry[] {
    if (now < this.due) return [];
    const silentSince = Math.min(this.#look(now), now - this.#commandTimeout);
    // A look that came too early to count must not put off the one that does.
    let earliest = (this.#looks.at(-1) as number) + this.#commandTimeout / LOOKS;
    const expired = this.#lanes.sift((entry) => {
      const since = Math.max(entry.since, this.#heard);
      if (since <= silentSince || entry.patience.sendBy <= now) return false;
      const silent = since + this.#commandTimeout;
      earliest = Math.min(earliest, entry.patience.sendBy, silent > now ? silent : Infinity);
      return true;
    });
    this.#nextLook = now + Math.max(SHORTEST_PAUSE, this.length / LOOKED_THROUGH_PER_MS);
    this.due = Infinity;
    if (this.length > 0) this.#lookAt(earliest);
    return expired;
  }

  /** Returns since when there were as many looks as it takes. */
  #look(now: number): number {
    const last = this.#looks.at(-1) as number;
    if (now - last >= this.#commandTimeout / LOOKS) {
      this.#looks.shift();
      this.#looks.push(now);
    }
    return this.#looks[0] as number;
  }

  #lookAt(moment: number): void {
    if (moment < this.due) this.due = Math.min(this.due, Math.max(moment, this.#nextLook));
  }
}
