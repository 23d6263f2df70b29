import type { AbortSignalLike } from '../../engine/claim/abort.js';
import type { Lock } from '../lock.js';

/** Work that is to run under a lock; `L` is what takes it: a locker, also one of another copy. */
export interface Call<L, T> {
  readonly lockName: string;
  readonly asked: Asked;
  /** Whether it joins a lock that it runs under already. */
  readonly reentrant: boolean;
  /** What becomes of it if the lock was lost meanwhile. */
  readonly onLost: 'throw' | 'ignore';
  /** Who calls, for an error: `using`, or `@Locked on Orders.charge`. */
  readonly caller: () => string;
  readonly acquire: (locker: L) => Promise<Lock>;
  readonly work: (lock: Lock) => T | PromiseLike<T>;
}

/** What the caller wrote, for a call that joins: a default asks for nothing. Times in ms. */
export interface Asked {
  readonly ttl: number | undefined;
  readonly renew: boolean | undefined;
  readonly signal: AbortSignalLike | undefined;
  readonly holdAtLeast: number;
}
