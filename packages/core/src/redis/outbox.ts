import type { Entry } from './entry.js';
import { Lanes } from './lanes.js';

/** Looking through what waits takes time: so long at least until the next look, in ms. */
const SHORTEST_PAUSE = 10;

/** With more than so many for each ms of the pause, it gets longer. */
const LOOKED_THROUGH_PER_MS = 300;

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
  #nextLook = -Infinity;
  /** Until then nothing counts as silence: our own process stood still. */
  #grace = -Infinity;

  constructor(commandTimeout: number) {
    this.#commandTimeout = commandTimeout;
  }

  get length(): number {
    return this.#lanes.length;
  }

  add(entry: Entry): void {
    this.#lanes.add(entry);
    this.#lookAt(Math.min(entry.sendBy, entry.since + this.#commandTimeout));
  }

  /** See {@link Lanes.take}. */
  take(count: number, now: number, stale: Entry[]): Entry[] {
    return this.#lanes.take(count, now, stale);
  }

  takeAll(): Entry[] {
    return this.#lanes.sift(() => false);
  }

  /** The server answered something. */
  heard(now: number): void {
    this.#heard = now;
  }

  /** Takes away what has waited for too long. */
  expire(now: number): Entry[] {
    if (now < this.due) return [];
    const short = this.#commandTimeout / 5;
    if (now - this.due > short) this.#grace = now + short;
    let earliest = Infinity;
    const expired = this.#lanes.sift((entry) => {
      const silent = this.#silentAt(entry);
      if (silent <= now || entry.sendBy <= now) return false;
      earliest = Math.min(earliest, silent, entry.sendBy);
      return true;
    });
    this.#nextLook = now + Math.max(SHORTEST_PAUSE, this.length / LOOKED_THROUGH_PER_MS);
    this.due = Infinity;
    this.#lookAt(earliest);
    return expired;
  }

  #silentAt({ since }: Entry): number {
    return Math.max(Math.max(since, this.#heard) + this.#commandTimeout, this.#grace);
  }

  #lookAt(moment: number): void {
    if (moment < this.due) this.due = Math.min(this.due, Math.max(moment, this.#nextLook));
  }
}
