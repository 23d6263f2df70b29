import type { Clock } from './clock.js';

/**
 * Appointments that are kept in one turn of the event loop at most. After a stall everything is due
 * at once: what the first of them sent must leave, and answers be read, before the last has its turn.
 */
const MOST_IN_ONE_TURN = 500;

/** Something to do at a moment; stands in at most one agenda, at most once. */
export interface Appointed {
  run(): void;
  /** The moment on the monotonic clock. */
  due: number;
  /** The place in the agenda's heap; -1: not scheduled. */
  place: number;
}

/** A function to call at a moment. */
export class Appointment implements Appointed {
  readonly run: () => void;
  due = 0;
  place = -1;

  constructor(run: () => void) {
    this.run = run;
  }

  get scheduled(): boolean {
    return this.place !== -1;
  }
}

/**
 * All moments of a locker behind one timer: renewals, deadlines, timeouts, fallback polls.
 *
 * A binary heap whose entries know their place, so that an appointment can be moved or called off
 * without a trace. With nothing scheduled there is no timer.
 */
export class Agenda {
  readonly #clock: Clock;
  readonly #heap: Appointed[] = [];
  #armedFor = Infinity;
  #disarm: (() => void) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Schedules the appointment, or moves it. */
  schedule(appointment: Appointed, due: number): void {
    const heap = this.#heap;
    const earlier = due < appointment.due;
    appointment.due = due;
    if (appointment.place === -1) {
      appointment.place = heap.length;
      heap.push(appointment);
      this.#rise(appointment);
    } else if (earlier) {
      this.#rise(appointment);
    } else {
      this.#sink(appointment);
    }
    this.#arm();
  }

  cancel(appointment: Appointed): void {
    if (appointment.place === -1) return;
    const heap = this.#heap;
    const last = heap.pop() as Appointed;
    if (last !== appointment) {
      last.place = appointment.place;
      heap[last.place] = last;
      this.#rise(last);
      this.#sink(last);
    }
    appointment.place = -1;
    if (heap.length === 0) this.#stop();
  }

  /** Resolves after `delay` ms. */
  pause(delay: number): Promise<void> {
    return new Promise((resolve) => {
      this.schedule(new Appointment(resolve), this.#clock.now() + delay);
    });
  }

  /** Resolves when the work is done, or after `delay` ms. The work must not reject. */
  async atMost(delay: number, work: Promise<void>): Promise<void> {
    let timeUp: Appointment | undefined;
    const late = new Promise<void>((resolve) => {
      timeUp = new Appointment(resolve);
      this.schedule(timeUp, this.#clock.now() + delay);
    });
    await Promise.race([work, late]);
    if (timeUp !== undefined) this.cancel(timeUp);
  }

  /** A timer that is set too early is left alone: it finds nothing due and is set again. */
  #arm(): void {
    const first = this.#heap[0];
    if (first === undefined || first.due >= this.#armedFor) return;
    this.#disarm?.();
    this.#armedFor = first.due;
    // Timers count whole milliseconds; the cap is the longest that a Node timer takes.
    const delay = Math.min(Math.max(Math.ceil(first.due - this.#clock.now()), 0), 2 ** 31 - 1);
    this.#disarm = this.#clock.after(delay, () => this.#ring());
  }

  #stop(): void {
    this.#disarm?.();
    this.#disarm = undefined;
    this.#armedFor = Infinity;
  }

  #ring(): void {
    this.#disarm = undefined;
    this.#armedFor = Infinity;
    const now = this.#clock.now();
    try {
      for (let kept = 0; kept < MOST_IN_ONE_TURN; kept += 1) {
        const first = this.#heap[0];
        if (first === undefined || first.due > now) break;
        this.cancel(first);
        first.run();
      }
    } finally {
      this.#arm();
    }
  }

  #rise(entry: Appointed): void {
    const heap = this.#heap;
    let place = entry.place;
    while (place > 0) {
      const parent = heap[(place - 1) >> 1] as Appointed;
      if (parent.due <= entry.due) break;
      heap[place] = parent;
      const above = parent.place;
      parent.place = place;
      place = above;
    }
    heap[place] = entry;
    entry.place = place;
  }

  #sink(entry: Appointed): void {
    const heap = this.#heap;
    let place = entry.place;
    for (;;) {
      let child = heap[2 * place + 1];
      if (child === undefined) break;
      const right = heap[2 * place + 2];
      if (right !== undefined && right.due < child.due) child = right;
      if (child.due >= entry.due) break;
      heap[place] = child;
      const below = child.place;
      child.place = place;
      place = below;
    }
    heap[place] = entry;
    entry.place = place;
  }
}
