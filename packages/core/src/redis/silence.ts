/**
 * How often must be looked until a silence is over. Between two looks of an `Agenda` the event loop
 * has come round and read its sockets, and written what node-redis had put off to the end of a round.
 */
const LOOKS = 5;

/**
 * The silence of a server, so that a stall of our own process does not count as one: it is over when
 * it was looked at several times, a part of the time apart. One that blocks the event loop for
 * however long takes up one of these parts, and what has arrived meanwhile is read in the next.
 */
export class Silence {
  /** When to look at it next, on the monotonic clock. */
  due: number;
  readonly #part: number;
  readonly #looks: number;
  #looked = 0;

  /** `time`: how long it may last, in ms; `looks`: more than usual where more has to happen. */
  constructor(now: number, time: number, looks: number = LOOKS) {
    this.#part = time / looks;
    this.#looks = looks;
    this.due = now + this.#part;
  }

  /** Looks, if that is due. Returns whether the silence has lasted for its whole time. */
  over(now: number): boolean {
    if (this.due > now) return false;
    this.#looked += 1;
    this.due = now + this.#part;
    return this.#looked >= this.#looks;
  }

  /** Something was heard: it begins anew. */
  broken(now: number): void {
    this.#looked = 0;
    this.due = now + this.#part;
  }
}
