import { performance } from 'node:perf_hooks';
import {
  clearImmediate,
  clearInterval,
  clearTimeout,
  setImmediate,
  setInterval,
  setTimeout,
} from 'node:timers';

/**
 * Timers and clocks that a test does not fake. It fakes the global ones, also before this module is
 * loaded: a locker would wait for a timer that cannot ring, or lose locks that stand. Hence the modules
 * of Node, whatever the global names stand for now.
 */
export interface RealTime {
  readonly setTimeout: typeof setTimeout;
  readonly clearTimeout: typeof clearTimeout;
  readonly setInterval: typeof setInterval;
  readonly clearInterval: typeof clearInterval;
  readonly setImmediate: typeof setImmediate;
  readonly clearImmediate: typeof clearImmediate;
  readonly queueMicrotask: (work: () => void) => void;
  readonly nextTick: typeof process.nextTick;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** Wall-clock milliseconds. */
  readonly wall: () => number;
}

/** What waits for a promise is a microtask that nobody can fake. */
const settled = Promise.resolve();

export const realTime: RealTime = {
  setTimeout,
  clearTimeout,
  setInterval,
  clearInterval,
  setImmediate,
  clearImmediate,
  queueMicrotask: (work) => void settled.then(work),
  // oxlint-disable-next-line typescript/unbound-method -- it needs no `this`
  nextTick: process.nextTick,
  now: performance.now.bind(performance),
  wall: isNative(Date) ? Date.now : () => performance.timeOrigin + performance.now(),
};

/** A fake date is a class in JavaScript, whatever it says of itself. */
function isNative(constructor: DateConstructor): boolean {
  return Function.prototype.toString.call(constructor).includes('[native code]');
}
