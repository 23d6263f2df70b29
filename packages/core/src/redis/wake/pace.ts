/** In ms. After a channel that did not last for so long, the next one is not opened at once. */
const LASTING = 2_000;

/** The pause before that, in ms; it doubles with each that does not last. */
const SHORTEST_PAUSE = 50;
const LONGEST_PAUSE = 1_000;

/**
 * How fast wake channels may follow each other. One that can be opened and is deaf at once, because
 * its address leads to another server than that of the commands, would be opened without end.
 */
export class Pace {
  #pause = 0;
  #notBefore = -Infinity;

  /** A channel that has stood since then is over, or in doubt. Moments are on the monotonic clock. */
  ended(since: number, now: number): void {
    if (now - since >= LASTING) this.#pause = 0;
    else this.#pause = Math.min(Math.max(this.#pause * 2, SHORTEST_PAUSE), LONGEST_PAUSE);
    this.#notBefore = now + this.#pause;
  }

  /** How long to wait before the next one is opened, in ms; 0: not at all. */
  delay(now: number): number {
    return Math.max(this.#notBefore - now, 0);
  }
}
