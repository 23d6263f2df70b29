import { neutrally } from './neutral.js';
import { realTime } from './real-time.js';

/** The engine's only source of time, so that tests can turn the hands. */
export interface Clock {
  /** No machine's sleep goes by unnoticed: nobody has to look between two timers. Default: false. */
  readonly isSleepless?: boolean;
  /** Monotonic milliseconds. */
  now(): number;
  /** Wall-clock milliseconds. */
  wall(): number;
  /**
   * Calls back once after `delay` ms, with the moment at which the timer rang; returns how to call it
   * off. Never keeps the process alive.
   */
  after(delay: number, callback: (rang: number) => void): () => void;
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

/**
 * The clocks of this machine. What is due is called when the event loop has looked at its sockets
 * since: after a stall of the process everything seems late, and an answer that has arrived must be
 * read before anybody calls it missing. The moment is that before the look: others that are called
 * in the same round can take long, and what comes due meanwhile has not been looked for.
 */
export const systemClock: Clock = {
  now: realTime.now,
  wall: realTime.wall,
  after(delay, callback) {
    let looked: NodeJS.Immediate | undefined;
    const timer = neutrally(() =>
      realTime.setTimeout(() => {
        looked = realTime.setImmediate(callback, realTime.now());
      }, delay),
    );
    timer.unref();
    return () => {
      realTime.clearTimeout(timer);
      if (looked !== undefined) realTime.clearImmediate(looked);
    };
  },
};
