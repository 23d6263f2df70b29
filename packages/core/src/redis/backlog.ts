/** So few that are gone may stay in the array: to move the rest for them would not pay. */
const MOST_GONE = 1_024;

/**
 * A queue. Taking from the front costs what is taken, however much waits: to `splice` moves all that
 * stays, and a queue of 100,000 that leaves in batches would stop the event loop for as long as
 * sending it takes.
 */
export class Backlog<T> {
  #entries: T[] = [];
  #first = 0;

  get length(): number {
    return this.#entries.length - this.#first;
  }

  get first(): T | undefined {
    return this.#entries[this.#first];
  }

  push(entry: T): void {
    this.#entries.push(entry);
  }

  /** Takes the first one away. */
  shift(): T | undefined {
    const entry = this.#entries[this.#first];
    if (entry === undefined) return undefined;
    this.#first += 1;
    if (this.#first === this.#entries.length) this.#keep([]);
    // Half of the array is gone: what stays moves once for each time the array halves.
    else if (this.#first > MOST_GONE && this.#first * 2 > this.#entries.length) {
      this.#keep(this.#entries.slice(this.#first));
    }
    return entry;
  }

  /** Takes away what is not to be kept; the rest stays in its order. */
  sift(keep: (entry: T) => boolean): T[] {
    const gone: T[] = [];
    const entries = this.#entries;
    let end = this.#first;
    for (let place = this.#first; place < entries.length; place += 1) {
      const entry = entries[place] as T;
      if (keep(entry)) entries[end++] = entry;
      else gone.push(entry);
    }
    if (gone.length > 0) this.#keep(entries.slice(this.#first, end));
    return gone;
  }

  #keep(entries: T[]): void {
    this.#entries = entries;
    this.#first = 0;
  }
}
