import type { Grace } from '../store/grace.js';
import type { GraceSought } from '../store/view.js';

/** One reign over the data. Moments in ms. */
export interface Epoch {
  readonly reign: string;
  readonly began: number;
  /** Until then nothing is granted. */
  readonly until: number;
  /** The shortest grace that was counted on: what a lease may outlast less than all others. */
  readonly shortest: number;
}

/**
 * Which reign the data is of, for each scope. A part of the data: what is lost with it, or was written
 * under another reign, begins a new epoch with the first batch that finds that out.
 */
export class Epochs {
  readonly #epochs = new Map<string, Epoch>();
  /** Who reigns, and in which of its reigns. Not a part of the data. */
  reign = '1';

  at({ scope, time }: Grace, now: number): Epoch {
    const known = this.#epochs.get(scope);
    if (known?.reign !== this.reign) {
      return this.#write(scope, {
        reign: this.reign,
        began: now,
        until: now + time,
        shortest: time,
      });
    }
    // One that counts on more can still have it, as long as nothing was granted.
    const until = known.until > now ? Math.max(known.until, known.began + time) : known.until;
    const shortest = Math.min(known.shortest, time);
    if (until === known.until && shortest === known.shortest) return known;
    return this.#write(scope, { ...known, until, shortest });
  }

  /** What is left of the grace in ms, if somebody asks for a lock now; begins nothing. */
  left({ scope, time }: GraceSought, now: number): number {
    const known = this.#epochs.get(scope);
    if (known === undefined) return time ?? 0;
    const { until, began, reign } = known;
    if (reign !== this.reign) return time ?? until - began;
    return until > now ? Math.max(until, began + (time ?? 0)) - now : 0;
  }

  clear(): void {
    this.#epochs.clear();
  }

  #write(scope: string, epoch: Epoch): Epoch {
    this.#epochs.set(scope, epoch);
    return epoch;
  }
}
