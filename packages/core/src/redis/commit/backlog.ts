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

  /** The entry that has so many before it. */
  at(place: number): T | undefined {
    return this.#entries[this.#first + place];
  }

  push(entry: T): void {
    this.#entries.push(entry);
  }

  /** Takes the first of them away, `count` at most. */
  take(count: number): T[] {
    const entries = this.#entries;
    if (this.#first === 0 && count >= entries.length) {
      this.#keep([]);
      return entries;
    }
    const end = Math.min(this.#first + count, entries.length);
    const taken = entries.slice(this.#first, end);
    this.#first = end;
    // Half of the array is gone: what stays moves once for each time the array halves.
    if (end * 2 > entries.length) this.#keep(entries.slice(end));
    return taken;
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
