/*
 * The types of the platform, by the names and in the shape that TypeScript's DOM library has for them, for
 * programs that do not load it. What is ours, and more than that, is said where it stands.
 */

/** How a lock is requested, and held. */
export type LockMode = 'exclusive' | 'shared';

/** Options of a request. */
export interface LockOptions {
  /** `shared`: together with others that ask for it as shared. Default `exclusive`. */
  readonly mode?: LockMode | undefined;
  /**
   * Only if it is to be had at once; if not, the callback is called all the same, with null. Default
   * false.
   */
  readonly ifAvailable?: boolean | undefined;
  /**
   * Takes the lock from all who have it, in whatever process, ahead of all who wait. Their requests reject
   * with an `AbortError`. Only exclusively, and without the two other options. Default false.
   */
  readonly steal?: boolean | undefined;
  /** Gives up the wait when it is aborted: the request rejects with its reason. */
  readonly signal?: AbortSignal | undefined;
}

/** What a callback is given while it has the lock. */
export interface Lock {
  readonly name: string;
  readonly mode: LockMode;
  /**
   * Aborts when the lock is lost or stolen, with a `LockLostError`: work that can be broken off should
   * listen. The platform has no such thing, since no lock of its own can be lost.
   */
  readonly signal: AbortSignal;
  /**
   * Rises with every grant of this lock: a resource that keeps the highest one can refuse the others.
   * More than the platform has.
   */
  readonly fencingToken: number;
}

/** Runs under the lock; null: it was not to be had, see `ifAvailable`. */
export type LockGrantedCallback<T> = (lock: Lock | null) => T;

/** One lock that is held, or that is asked for. */
export interface LockInfo {
  name: string;
  mode: LockMode;
  /** Whose it is: the same for all requests of one locker, and of no other. */
  clientId: string;
}

/** What `query` tells. */
export interface LockManagerSnapshot {
  held: LockInfo[];
  pending: LockInfo[];
}

/** The interface of `navigator.locks`. */
export interface LockManager {
  /**
   * Waits for the lock, calls the callback with it, and gives it back when what that returns is settled.
   *
   * @returns what the callback returned, once the lock is given back; or its rejection.
   * @throws {TypeError} if an argument is missing, or has another type.
   * @throws {DOMException} `NotSupportedError` if the name begins with `-`, or the options contradict each
   *   other; `AbortError` if somebody stole the lock, or released it by force. The callback goes on then.
   * @throws {LockLostError} if the lock was lost in another way, at once; the callback goes on then. So
   *   it can be for a lease, and never on the platform.
   * @throws the reason of `signal`, if it was aborted before the lock was granted.
   * @throws what `locker.acquire` throws where Redis does not answer, or refuses.
   */
  request<T>(name: string, callback: LockGrantedCallback<T>): Promise<Awaited<T>>;
  request<T>(
    name: string,
    options: LockOptions,
    callback: LockGrantedCallback<T>,
  ): Promise<Awaited<T>>;
  /**
   * What is held and asked for now, by all processes, of the key prefix of this locker: also by
   * `locker.acquire`, and by lockers that have no lock manager. Each lock is looked at in one step, and
   * one after the other. What this manager was asked for before is in it.
   *
   * @throws what `locker.inspect` throws.
   */
  query(): Promise<LockManagerSnapshot>;
}
