import { performance } from 'node:perf_hooks';
import timers from 'node:timers';

/**
 * The time and the timers of Node itself, as they were when this module was loaded. A test that puts
 * others in their place would keep a lock that nobody can give back.
 */
export const now: () => number = performance.now.bind(performance);

const { setTimeout: startTimer, clearTimeout: stopTimer } = timers;

/** The longest time that a timer and a ttl take, in ms. */
export const LONGEST: number = 2 ** 31 - 1;

/** Does something later, if this process is still alive then. Returns how to call that off. */
export function later(time: number, work: () => void): () => void {
  const timer = startTimer(work, Math.min(time, LONGEST)).unref();
  return () => stopTimer(timer);
}
