import type { Clock, Instant } from './clock.js';

/**
 * What a holder gives up at the end of its lease for clocks that run at different rates and for the
 * server's resolution of one millisecond.
 */
function margin(ttl: number): number {
  return ttl * 0.01 + 2;
}

/**
 * The local moment after which a holder must not believe. Kept on both clocks: a suspended machine
 * does not advance the monotonic clock everywhere, and the wall clock can be set back.
 */
export class Deadline {
  readonly #mono: number;
  readonly #wall: number;
  /**
   * The end of the lease in the store's time, in ms, for who has to prove that it is not over.
   * Undefined: nobody told the store's time.
   */
  readonly atStore: number | undefined;

  private constructor(mono: number, wall: number, atStore: number | undefined) {
    this.#mono = mono;
    this.#wall = wall;
    this.atStore = atStore;
  }

  /** The end of a lease that was granted at `sent` or later, and at `at` of the store's time or later. */
  static ofLease(sent: Instant, ttl: number, at?: number): Deadline {
    const span = ttl - margin(ttl);
    return new Deadline(sent.mono + span, sent.wall + span, at === undefined ? at : at + ttl);
  }

  /** The moment on the monotonic clock, for timers. */
  get mono(): number {
    return this.#mono;
  }

  /** Milliseconds left, at least 0. */
  remaining(clock: Clock): number {
    return Math.max(0, Math.min(this.#mono - clock.now(), this.#wall - clock.wall()));
  }

  /** Milliseconds since it passed, at least 0. */
  overdue(clock: Clock): number {
    return Math.max(0, clock.now() - this.#mono, clock.wall() - this.#wall);
  }

  passed(clock: Clock): boolean {
    return clock.now() >= this.#mono || clock.wall() >= this.#wall;
  }

  /** The later of the two: a lease is only ever extended. */
  extendedTo(other: Deadline): Deadline {
    return other.#mono > this.#mono ? other : this;
  }
}
