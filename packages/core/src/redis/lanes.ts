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

  /** The next batch: `count` of them at most. What is not worth sending any more goes to `stale`. */
  take(count: number, now: number, stale: Entry[]): Entry[] {
    const batch: Entry[] = [];
    const room = fill(batch, this.#keeping, count, LONGEST_BATCH, now, stale);
    fill(batch, this.#asking, count, room, now, stale);
    return batch;
  }

  /** Takes away what is not to be kept. */
  sift(keep: (entry: Entry) => boolean): Entry[] {
    return [...this.#keeping.sift(keep), ...this.#asking.sift(keep)];
  }
}

/** Returns the room that is left. A batch has one operation at least, however long it is. */
function fill(
  batch: Entry[],
  lane: Backlog<Entry>,
  count: number,
  room: number,
  now: number,
  stale: Entry[],
): number {
  let left = room;
  for (let entry = lane.first; entry !== undefined && batch.length < count; entry = lane.first) {
    if (entry.length > left && batch.length > 0) return 0;
    lane.shift();
    if (entry.sends(now)) {
      left -= entry.length;
      batch.push(entry);
    } else {
      stale.push(entry);
    }
  }
  return left;
}
