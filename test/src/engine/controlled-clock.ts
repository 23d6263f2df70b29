import type { Clock } from '../../../packages/core/dist/runtime/clock.js';

/** More than this at one moment is a loop that time cannot end. */
const MOST_AT_ONE_MOMENT = 20_000;

interface Timer {
  readonly due: number;
  readonly callback: (rang: number) => void;
  /** Set by the engine, not by the world around it. */
  readonly counted: boolean;
}

/** One turn of the event loop: every promise that can settle has settled after it. */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/**
 * A clock whose hands the test turns. There are three: the monotonic one, the wall clock, and the
 * time of the world, which goes on while a machine is suspended and which no admin sets.
 */
export class ControlledClock implements Clock {
  /** Fractions and a start other than zero, as on a real machine. */
  #mono = 1_234.5;
  #wall = Date.UTC(2026, 0, 1);
  #world = Date.UTC(2026, 0, 1);
  readonly #timers = new Set<Timer>();
  /** How often the engine has set a timer. */
  set = 0;

  now(): number {
    return this.#mono;
  }

  wall(): number {
    return this.#wall;
  }

  /** What a server's clock shows. */
  world(): number {
    return this.#world;
  }

  after(delay: number, callback: (rang: number) => void): () => void {
    this.set += 1;
    return this.#after(delay, callback, true);
  }

  /** As `after`, for what happens outside of the engine: it does not count as a timer. */
  later(delay: number, callback: () => void): () => void {
    return this.#after(delay, callback, false);
  }

  /** Timers of the engine that are set now. */
  get timers(): number {
    return [...this.#timers].filter((timer) => timer.counted).length;
  }

  /** The delays of the engine's timers, as they stand now. */
  get delays(): number[] {
    return [...this.#timers].filter((timer) => timer.counted).map(({ due }) => due - this.#mono);
  }

  /** Lets time pass on all clocks: each timer rings at its moment, and promises settle after it. */
  async advance(time: number): Promise<void> {
    const end = this.#mono + time;
    await turn();
    let rung = 0;
    for (let next = this.#next(end); next !== undefined; next = this.#next(end)) {
      rung = next.due > this.#mono ? 0 : rung + 1;
      if (rung > MOST_AT_ONE_MOMENT) throw new Error('Timers ring without end at one moment.');
      this.#pass(Math.max(0, next.due - this.#mono));
      this.#timers.delete(next);
      next.callback(this.#mono);
      await turn();
    }
    this.#pass(end - this.#mono);
    await turn();
  }

  /** Lets time pass, at most `limit` ms, until the promise has settled; and hands on its result. */
  async until<T>(promise: Promise<T>, limit = 60_000): Promise<T> {
    let settled = false;
    const mark = (): void => {
      settled = true;
    };
    promise.then(mark, mark);
    const end = this.#mono + limit;
    await turn();
    while (!settled) {
      const next = this.#next(end);
      if (next === undefined) throw new Error(`Not settled after ${limit} ms.`);
      await this.advance(Math.max(0, next.due - this.#mono));
    }
    return promise;
  }

  /** All clocks go on, but nothing runs: a long garbage collection, or a SIGSTOP. */
  stall(time: number): void {
    this.#pass(time);
  }

  /** The machine sleeps: the monotonic clock stands, the others go on. */
  suspend(time: number): void {
    this.#wall += time;
    this.#world += time;
  }

  /** Somebody sets the wall clock. */
  jumpWall(time: number): void {
    this.#wall += time;
  }

  #after(delay: number, callback: (rang: number) => void, counted: boolean): () => void {
    const timer = { due: this.#mono + delay, callback, counted };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  #pass(time: number): void {
    this.#mono += time;
    this.#wall += time;
    this.#world += time;
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
