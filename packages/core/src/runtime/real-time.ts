/**
 * Timers and clocks as they were when this module was loaded. A test that fakes the global ones would
 * otherwise fake ours: a locker would wait for a timer that cannot ring, or lose locks that stand.
 */
export interface RealTime {
  readonly setTimeout: typeof setTimeout;
  readonly clearTimeout: typeof clearTimeout;
  readonly setInterval: typeof setInterval;
  readonly clearInterval: typeof clearInterval;
  readonly setImmediate: typeof setImmediate;
  readonly clearImmediate: typeof clearImmediate;
  readonly queueMicrotask: typeof queueMicrotask;
  readonly nextTick: typeof process.nextTick;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** Wall-clock milliseconds. */
  readonly wall: () => number;
}

export const realTime: RealTime = {
  setTimeout,
  clearTimeout,
  setInterval,
  clearInterval,
  setImmediate,
  clearImmediate,
  queueMicrotask,
  // oxlint-disable-next-line typescript/unbound-method -- it needs no `this`
  nextTick: process.nextTick,
  now: performance.now.bind(performance),
  wall: Date.now,
};
