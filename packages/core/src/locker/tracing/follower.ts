/** Who follows a lock to its end, as its holder sees it. */
export interface Follower {
  /** Calls work that runs under the lock. */
  run<T>(work: () => T): T;
  /** It is being given back. Settles as the release does, when its end has been told. */
  releasing(released: Promise<void>, hold: { readonly isKept: boolean }): Promise<void>;
  handedOver(): void;
}
