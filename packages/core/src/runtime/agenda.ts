import type { Clock } from './clock.js';
import { Lateness } from './lateness.js';

/**
 * Appointments that are kept in one turn of the event loop at most. After a stall everything is due
 * at once: what the first of them sent must leave, and answers be read, before the last has its turn.
 */
const MOST_IN_ONE_TURN = 500;

/**
 * The longest time without a look at the clocks, in ms, and how far the wall clock may run ahead of
 * the monotonic one meanwhile. A machine that slept wakes with timers that still wait for the rest of
 * their time, while leases went on running out.
 */
const LONGEST_NAP = 1_000;
const LARGEST_DRIFT = 250;

/** Something to do at a moment; stands in at most one agenda, at most once. */
export interface Appointed {
  /** `now`: on the monotonic clock; whatever had arrived by then has been read. */
  run(now: number): void;
  /** The moment on the monotonic clock. */
  due: number;
  /** The place in the agenda's heap; -1: not scheduled. */
  place: number;
}

/** A function to call at a moment. */
export class Appointment implements Appointed {
  readonly run: (now: number) => void;
  due = 0;
  place = -1;

  constructor(run: (now: number) => void) {
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
  /** Called when the wall clock has run ahead: the machine slept, or somebody set it. */
  onSleep: () => void = () => {};
  readonly #clock: Clock;
  readonly #heap: Appointed[] = [];
  readonly #longestNap: number;
  readonly #lateness = new Lateness();
  #armedFor = Infinity;
  /** Not in the past, as what the timer is armed for can be. */
  #ringsAt = Infinity;
  #disarm: (() => void) | undefined;
  /** By how much the wall clock is ahead of the monotonic one. */
  #ahead: number;
  #closed = false;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#longestNap = clock.isSleepless === true ? Infinity : LONGEST_NAP;
    this.#ahead = clock.wall() - clock.now();
  }

  /** Schedules the appointment, or moves it. When all is over, nothing is scheduled any more. */
  schedule(appointment: Appointed, due: number): void {
    if (this.#closed) return;
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

  /**
   * By how many ms the timer was late at the most since that moment, or is at this one. As long as
   * something is scheduled it rings every second at least, so that no stall goes unnoticed.
   */
  lateSince(moment: number): number {
    return Math.max(this.#lateness.since(moment), this.#clock.now() - this.#ringsAt, 0);
  }

  /** Nothing is worth waiting for any more: what is still scheduled is due now. */
  close(): void {
    this.#closed = true;
    const now = this.#clock.now();
    for (const appointment of this.#heap.slice()) {
      if (appointment.place === -1) continue;
      this.cancel(appointment);
      appointment.run(now);
    }
  }

  /** Resolves after `delay` ms; when all is over, at once. */
  pause(delay: number): Promise<void> {
    if (this.#closed) return Promise.resolve();
    return new Promise((resolve) => {
      this.schedule(new Appointment(() => resolve()), this.#clock.now() + delay);
    });
  }

  /** Resolves when the work is done, or after `delay` ms. The work must not reject. */
  async atMost(delay: number, work: Promise<void>): Promise<void> {
    if (this.#closed) return;
    let timeUp: Appointment | undefined;
    const late = new Promise<void>((resolve) => {
      timeUp = new Appointment(() => resolve());
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
    const now = this.#clock.now();
    this.#armedFor = Math.min(first.due, now + this.#longestNap);
    // Timers count whole milliseconds.
    const delay = Math.max(Math.ceil(this.#armedFor - now), 0);
    this.#ringsAt = now + delay;
    this.#disarm = this.#clock.after(delay, (rang) => this.#ring(rang));
  }

  #stop(): void {
    this.#disarm?.();
    this.#disarm = undefined;
    this.#armedFor = Infinity;
    this.#ringsAt = Infinity;
  }

  #ring(now: number): void {
    this.#lateness.note(now, now - this.#ringsAt);
    this.#disarm = undefined;
    this.#armedFor = Infinity;
    this.#ringsAt = Infinity;
    try {
      this.#compareClocks(now);
      for (let kept = 0; kept < MOST_IN_ONE_TURN; kept += 1) {
        const first = this.#heap[0];
        if (first === undefined || first.due > now) break;
        this.cancel(first);
        first.run(now);
      }
    } finally {
      this.#arm();
    }
  }

  #compareClocks(now: number): void {
    const ahead = this.#clock.wall() - this.#clock.now();
    const slept = ahead - this.#ahead;
    this.#ahead = ahead;
    if (slept <= LARGEST_DRIFT) return;
    this.#lateness.note(now, slept);
    this.onSleep();
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
