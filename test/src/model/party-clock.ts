import type { Clock } from '../../../packages/core/dist/runtime/clock.js';

interface Timer {
  readonly due: number;
  readonly callback: (rang: number) => void;
}

/** The time of the world, and a process's own timers: they ring when the process gets to run. */
export class PartyClock implements Clock {
  readonly #time: () => number;
  readonly #timers = new Set<Timer>();

  constructor(time: () => number) {
    this.#time = time;
  }

  now(): number {
    return this.#time();
  }

  wall(): number {
    return this.#time();
  }

  after(delay: number, callback: (rang: number) => void): () => void {
    const timer = { due: this.#time() + delay, callback };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** How many are set. */
  get timers(): number {
    return this.#timers.size;
  }

  get isDue(): boolean {
    return (this.#first()?.due ?? Infinity) <= this.#time();
  }

  /** The next moment at which a timer is due, after now. */
  get next(): number {
    let next = Infinity;
    for (const { due } of this.#timers) if (due > this.#time()) next = Math.min(next, due);
    return next;
  }

  /** The timers that are due ring. */
  ring(): void {
    for (
      let first = this.#first();
      first !== undefined && first.due <= this.#time();
      first = this.#first()
    ) {
      this.#timers.delete(first);
      first.callback(this.#time());
    }
  }

  #first(): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.#timers)
      if (first === undefined || timer.due < first.due) first = timer;
    return first;
  }
}
