import type { AbortSignalLike } from '../../engine/claim/abort.js';
import type { Lock } from '../lock.js';
import type { LockSet } from '../lock-set.js';

/** What a call runs under: one lock, or several that are held as one. */
export type Held = Lock | LockSet;

/**
 * Work that is to run under a lock, or under several as one; `L` is what takes it: a locker, also one
 * of another copy. Times in ms. Best an instance of a class: it lives as long as a request.
 */
export interface Call<L, T, H extends Held = Held> {
  /** A list: of several as one. */
  readonly lockNames: string | readonly string[];
  /** What the caller wrote, for a call that joins: a default asks for nothing. */
  readonly ttl: number | undefined;
  readonly renew: boolean | undefined;
  readonly signal: AbortSignalLike | undefined;
  readonly holdAtLeast: number;
  /** Whether it joins a lock that it runs under already. */
  readonly reentrant: boolean;
  /** What becomes of it if the lock was lost meanwhile. */
  readonly onLost: 'throw' | 'ignore';
  acquire(locker: L): Promise<H>;
  work(held: H): T | PromiseLike<T>;
  /** Who calls, for an error: `using`, or `@Locked on Orders.charge`. */
  caller(): string;
}

export function namesOf(lockNames: string | readonly string[]): readonly string[] {
  return typeof lockNames === 'string' ? [lockNames] : lockNames;
}
