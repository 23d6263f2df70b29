import type { Clock } from '../../../packages/core/dist/runtime/clock.js';

/** A promise under observation: what became of it, and when. */
export interface Watched<T> {
  state: 'pending' | 'fulfilled' | 'rejected';
  value: T | undefined;
  reason: unknown;
  /** The moment on the monotonic clock. */
  at: number | undefined;
}

export function watch<T>(clock: Clock, promise: Promise<T>): Watched<T> {
  const watched: Watched<T> = {
    state: 'pending',
    value: undefined,
    reason: undefined,
    at: undefined,
  };
  promise.then(
    (value) => Object.assign(watched, { state: 'fulfilled', value, at: clock.now() }),
    (reason: unknown) => Object.assign(watched, { state: 'rejected', reason, at: clock.now() }),
  );
  return watched;
}
