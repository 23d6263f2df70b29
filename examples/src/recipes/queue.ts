import { AsyncLocalStorage } from 'node:async_hooks';

/** Runs something in the context in which this module was loaded, which is under no lock. */
const outside = AsyncLocalStorage.snapshot();

/** Collects what its callers add in one turn, and writes it all at once. */
export class WriteQueue<T> {
  readonly #write: (items: readonly T[]) => Promise<void>;
  #items: T[] = [];
  #flushed: Promise<void> | undefined;

  constructor(write: (items: readonly T[]) => Promise<void>) {
    this.#write = write;
  }

  /** Resolves when the item has been written. */
  add(item: T): Promise<void> {
    this.#items.push(item);
    // Without `outside` the work of all would run in the context of the first: under its lock.
    this.#flushed ??= outside(() => this.#flush());
    return this.#flushed;
  }

  async #flush(): Promise<void> {
    await new Promise(setImmediate);
    const items = this.#items;
    this.#items = [];
    this.#flushed = undefined;
    await this.#write(items);
  }
}
