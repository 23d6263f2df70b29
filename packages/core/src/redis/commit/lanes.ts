import { Backlog } from './backlog.js';
import type { Entry } from './entry.js';

/** The characters of the keys and tokens in one batch, so that none holds the server for long. */
const LONGEST_BATCH = 128 * 1024;

/**
 * What waits for a connection. What keeps a promise that was given goes before what asks for a new
 * one; within each of the two it is first come, first served.
 */
export class Lanes {
  /** Renewals, and all that gives back. */
  readonly #keeping = new Backlog<Entry>();
  readonly #asking = new Backlog<Entry>();

  get length(): number {
    return this.#keeping.length + this.#asking.length;
  }

  add(entry: Entry): void {
    (entry.operation.kind === 'acquire' ? this.#asking : this.#keeping).push(entry);
  }

  /**
   * The next batch: `count` of them at most. What is not worth sending any more goes to `stale`; so
   * there may be none in a batch though something waits.
   */
  take(count: number, now: number, stale: Entry[]): Entry[] {
    const keeping = this.#keeping.take(fitting(this.#keeping, count, LONGEST_BATCH));
    const used = keeping.reduce((length, entry) => length + entry.length, 0);
    const room = this.#keeping.length > 0 ? 0 : LONGEST_BATCH - used;
    const asking = this.#asking.take(fitting(this.#asking, count - keeping.length, room));
    const batch = keeping.length === 0 ? asking : keeping.concat(asking);
    const unsent = batch.filter((entry) => !entry.sends(now));
    if (unsent.length === 0) return batch;
    stale.push(...unsent);
    return batch.filter((entry) => !unsent.includes(entry));
  }

  /** Takes away what is not to be kept. */
  sift(keep: (entry: Entry) => boolean): Entry[] {
    return [...this.#keeping.sift(keep), ...this.#asking.sift(keep)];
  }
}

/** How many from the front have room in a batch: one at least in an empty one, however long it is. */
function fitting(lane: Backlog<Entry>, count: number, room: number): number {
  const most = Math.min(count, lane.length);
  let left = room;
  for (let place = 0; place < most; place += 1) {
    left -= (lane.at(place) as Entry).length;
    if (left < 0) return place === 0 && room === LONGEST_BATCH ? 1 : place;
  }
  return most;
}
