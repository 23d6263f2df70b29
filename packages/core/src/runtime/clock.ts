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

/** A class, because it lives as long as a request; see `operations.ts`. */
class Moment implements Instant {
  readonly mono: number;
  readonly wall: number;

  constructor(mono: number, wall: number) {
    this.mono = mono;
    this.wall = wall;
  }
}

export function instant(clock: Clock): Instant {
  return new Moment(clock.now(), clock.wall());
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
