import { neutrally } from './neutral.js';

/** The engine's only source of time, so that tests can turn the hands. */
export interface Clock {
  /** Monotonic milliseconds. */
  now(): number;
  /** Wall-clock milliseconds. */
  wall(): number;
  /** Calls back once after `delay` ms; returns how to call it off. Never keeps the process alive. */
  after(delay: number, callback: () => void): () => void;
}

/** A moment on both clocks. */
export interface Instant {
  readonly mono: number;
  readonly wall: number;
}

export function instant(clock: Clock): Instant {
  return { mono: clock.now(), wall: clock.wall() };
}

export const systemClock: Clock = {
  now: () => performance.now(),
  wall: () => Date.now(),
  after(delay, callback) {
    const timer = neutrally(() => setTimeout(callback, delay));
    timer.unref();
    return () => clearTimeout(timer);
  },
};
