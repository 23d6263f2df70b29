/** What a caller has while it holds a lock. */
export interface Held {
  release(): Promise<unknown>;
}

/** A library as its user has it in one process: its clients are open and shared by all callers. */
export interface Contestant {
  /** Waits for a lock, for as long as it takes. */
  acquire(name: string): Promise<Held>;
  /** The same for several locks as one, by what the library has for that. Absent: it has nothing. */
  acquireAll?(names: readonly string[]): Promise<Held>;
  /** Settles when the lock is held; from then on it is renewed. Absent: this library does not. */
  keep?(name: string, ttl: number): Promise<unknown>;
}

/** Of every lock in every workload but the one about renewal, in ms. */
export const TTL = 30_000;

/** For libraries that only renew inside a callback: the work under a lock that is never given back. */
export function forever(): Promise<never> {
  return new Promise(() => {});
}
