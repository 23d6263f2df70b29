import type { Urgency } from '../../store/port.js';
import { Backlog } from './backlog.js';
import type { Entry } from './entry.js';

/** The characters of the keys and tokens in one batch, so that none holds the server for long. */
const LONGEST_BATCH = 128 * 1024;

/** In this order they leave. */
const ORDER: readonly Urgency[] = ['keeping', 'giving back', 'asking'];

/** What waits for a connection, by its urgency; of equal urgency it is first come, first served. */
export class Lanes {
  readonly #lanes: Readonly<Record<Urgency, Backlog<Entry>>> = {
    keeping: new Backlog(),
    'giving back': new Backlog(),
    asking: new Backlog(),
  };
  #length = 0;

  get length(): number {
    return this.#length;
  }

  add(entry: Entry): void {
    this.#lanes[entry.patience.urgency].push(entry);
    this.#length += 1;
  }

  /**
   * The next batch: `count` of them at most. What is not worth sending any more goes to `stale`; so
   * there may be none in a batch though something waits.
   */
  take(count: number, now: number, stale: Entry[]): Entry[] {
    let batch: Entry[] = [];
    let room = LONGEST_BATCH;
    for (const urgency of ORDER) {
      const lane = this.#lanes[urgency];
      if (lane.length === 0) continue;
      const taken = lane.take(fitting(lane, count - batch.length, room));
      room -= taken.reduce((length, entry) => length + entry.length, 0);
      batch = batch.length === 0 ? taken : batch.concat(taken);
      // What is more urgent is not overtaken because it has no room.
      if (lane.length > 0) break;
    }
    this.#length -= batch.length;
    const unsent = batch.filter((entry) => !entry.sends(now));
    if (unsent.length === 0) return batch;
    stale.push(...unsent);
    return batch.filter((entry) => !unsent.includes(entry));
  }

  /** Takes away what is not to be kept. */
  sift(keep: (entry: Entry) => boolean): Entry[] {
    const gone = ORDER.flatMap((urgency) => this.#lanes[urgency].sift(keep));
    this.#length -= gone.length;
    return gone;
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
