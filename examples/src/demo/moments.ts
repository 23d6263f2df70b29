/**
 * What can happen to an actor of the demo, in nanoseconds of the clock that all processes of a
 * machine share: `process.hrtime`.
 */
export type Moment =
  | { readonly kind: 'asked'; readonly who: string; readonly lock: string; readonly at: bigint }
  | {
      readonly kind: 'held';
      readonly who: string;
      readonly lock: string;
      readonly at: bigint;
      readonly fencingToken: number;
    }
  | { readonly kind: 'renewed'; readonly who: string; readonly lock: string; readonly at: bigint }
  /** The work is done; the release goes out next. */
  | { readonly kind: 'done'; readonly who: string; readonly lock: string; readonly at: bigint }
  | { readonly kind: 'killed'; readonly who: string; readonly at: bigint };

/** One piece of work: take the lock, work under it for a while, give it back. */
export interface Task {
  readonly lock: string;
  /** Milliseconds. */
  readonly ttl: number;
  /** Milliseconds. */
  readonly work: number;
}

export function now(): bigint {
  return process.hrtime.bigint();
}
