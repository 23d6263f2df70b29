import type { Locker } from '@holdfast/core';

export interface Cache {
  get(key: string): Promise<string | null>;
  set(key: string, value: string): Promise<unknown>;
}

type Build = (signal: AbortSignal) => Promise<string>;

/** What is cached, and made by one caller of one process when it is not there. */
export class SharedCache {
  readonly #locker: Locker;
  readonly #cache: Cache;
  /** One look-up for each key: the other callers of this process take its result. */
  readonly #flights = new Map<string, Promise<string>>();

  constructor(locker: Locker, cache: Cache) {
    this.#locker = locker;
    this.#cache = cache;
  }

  get(key: string, build: Build): Promise<string> {
    const running = this.#flights.get(key);
    if (running !== undefined) return running;
    const flight = this.#find(key, build).finally(() => this.#flights.delete(key));
    this.#flights.set(key, flight);
    return flight;
  }

  async #find(key: string, build: Build): Promise<string> {
    const found = await this.#cache.get(key);
    if (found !== null) return found;
    const options = { ttl: '10s', waitTimeout: '1m' } as const;
    return this.#locker.using(`cache:${key}`, options, async ({ signal }) => {
      // Again, under the lock: the process before this one may have made it meanwhile.
      const made = await this.#cache.get(key);
      if (made !== null) return made;
      const value = await build(signal);
      await this.#cache.set(key, value);
      return value;
    });
  }
}
