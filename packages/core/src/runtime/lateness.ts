/** Below so many ms nothing is late: timers count whole milliseconds, and every turn takes a while. */
const LEAST = 10;

/** So many are remembered: the last ones, each of them smaller than the one before. */
const MOST = 64;

/** One time at which a timer rang late, and by how many ms. */
interface Late {
  readonly at: number;
  readonly by: number;
}

/** How late timers were, so that one can be told later what kept it waiting. */
export class Lateness {
  /** Of what is not above a later one, nobody asks any more. */
  readonly #peaks: Late[] = [];

  note(at: number, by: number): void {
    if (by < LEAST) return;
    while (this.#peaks.length > 0 && (this.#peaks.at(-1) as Late).by <= by) this.#peaks.pop();
    this.#peaks.push({ at, by });
    if (this.#peaks.length > MOST) this.#peaks.shift();
  }

  /** The largest since that moment, in ms. */
  since(moment: number): number {
    return this.#peaks.find(({ at }) => at >= moment)?.by ?? 0;
  }
}
