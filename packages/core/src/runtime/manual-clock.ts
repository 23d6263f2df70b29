import { MessageChannel } from 'node:worker_threads';
import type { Clock } from './clock.js';
import { neutrally } from './neutral.js';
import { realTime } from './real-time.js';

interface Timer {
  readonly due: number;
  readonly callback: (rang: number) => void;
}

/** A clock that stands still until somebody turns it. It begins with the time of this machine. */
export class ManualClock implements Clock {
  readonly isSleepless = true;
  readonly #timers = new Set<Timer>();
  readonly #began = realTime.wall();
  #now = 0;
  #turned: Promise<void> = Promise.resolve();

  now(): number {
    return this.#now;
  }

  wall(): number {
    return this.#began + this.#now;
  }

  after(delay: number, callback: (rang: number) => void): () => void {
    const timer = { due: this.#now + delay, callback };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /**
   * Turns the clock by so many ms, from one timer to the next. Each rings at its moment, and what
   * follows from it has happened before the next one does. Calls take place one after the other.
   */
  advance(time: number): Promise<void> {
    this.#turned = this.#turned.then(() => this.#turn(time));
    return this.#turned;
  }

  async #turn(time: number): Promise<void> {
    const end = this.#now + time;
    const rounds = new Rounds();
    try {
      await this.#ringUntil(end, rounds);
    } finally {
      rounds.close();
    }
  }

  async #ringUntil(end: number, rounds: Rounds): Promise<void> {
    await rounds.next();
    for (let next = this.#next(end); next !== undefined; next = this.#next(end)) {
      const { due, callback } = next;
      this.#timers.delete(next);
      this.#now = Math.max(this.#now, due);
      neutrally(() => callback(this.#now));
      // oxlint-disable-next-line no-await-in-loop -- it may set a timer that is due before the next one
      await rounds.next();
    }
    this.#now = end;
  }

  /** The first timer up to `end`; of several at one moment, the one that was set first. */
  #next(end: number): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.#timers) {
      if (timer.due <= end && (next === undefined || timer.due < next.due)) next = timer;
    }
    return next;
  }
}

/**
 * Rounds of the event loop, after each of which every promise has settled that can without time. By
 * messages, because a test can fake `setImmediate`.
 */
class Rounds {
  readonly #channel = new MessageChannel();
  #passed: () => void = () => {};

  constructor() {
    this.#channel.port1.on('message', () => this.#passed());
  }

  next(): Promise<void> {
    return new Promise((resolve) => {
      this.#passed = resolve;
      this.#channel.port2.postMessage(undefined);
    });
  }

  close(): void {
    this.#channel.port1.close();
  }
}
