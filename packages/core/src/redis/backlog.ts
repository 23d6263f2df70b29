/** Something that is given up at a moment of the monotonic clock. */
interface Perishable {
  readonly giveUpAt: number;
}

/**
 * What waits for a connection, in the order in which it came. Taking from the front costs what is
 * taken, however much waits: `splice` moves all that stays, and a backlog of 100,000 that leaves in
 * batches would stop the event loop for as long as sending it takes.
 */
export class Backlog<T extends Perishable> {
  #entries: T[] = [];
  #first = 0;

  get length(): number {
    return this.#entries.length - this.#first;
  }

  push(entry: T): void {
    this.#entries.push(entry);
  }

  /** The first of them, `count` at most. */
  take(count: number): T[] {
    if (count >= this.length) return this.takeAll();
    const end = this.#first + count;
    const taken = this.#entries.slice(this.#first, end);
    this.#first = end;
    // Half of the array is gone: what stays moves once for each time the array halves.
    if (this.#first * 2 > this.#entries.length) this.#keep(this.#entries.slice(this.#first));
    return taken;
  }

  takeAll(): T[] {
    const taken = this.#first === 0 ? this.#entries : this.#entries.slice(this.#first);
    this.#keep([]);
    return taken;
  }

  /** Those whose moment has come. */
  takeOverdue(now: number): T[] {
    const overdue: T[] = [];
    const rest: T[] = [];
    for (const entry of this.takeAll()) (entry.giveUpAt <= now ? overdue : rest).push(entry);
    this.#keep(rest);
    return overdue;
  }

  /** When the next one is overdue; Infinity: nothing waits. */
  get earliest(): number {
    return earliest(this.#entries.slice(this.#first));
  }

  #keep(entries: T[]): void {
    this.#entries = entries;
    this.#first = 0;
  }
}

/** When the first of them is overdue. */
export function earliest(entries: readonly Perishable[]): number {
  return entries.reduce((least, entry) => Math.min(least, entry.giveUpAt), Infinity);
}
