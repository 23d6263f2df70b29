import type { Belief } from './belief.js';
import type { Disturbance } from './disturbance.js';
import { type Call, grouped, type History } from './history.js';

interface Span {
  readonly from: number;
  readonly to: number;
}

/** A time in which a lock was free, as far as its holders know, and somebody waited for it. */
export interface Gap extends Span {
  readonly lock: string;
  /** What disturbed anybody who had to do with this lock, shortly before or meanwhile. */
  readonly causes: readonly Disturbance[];
}

/** What happened so long before may still be felt: the longest lease, and some more; in ms. */
const MEMORY = 5_000;
/** Shorter ones are the time that an answer takes. */
const SHORTEST = 2;

export function* gaps({ calls, beliefs, disturbances }: History): Iterable<Gap> {
  const patient = calls.filter(({ operation, limit }) => waits(operation) && limit !== 0);
  for (const [lock, callers] of grouped(patient, (call) => call.lock)) {
    const queue = new Queue(callers);
    for (const free of freeTimes(beliefs.get(lock) ?? [])) {
      for (const { from, to } of queue.waiting(free)) {
        if (to - from < SHORTEST) continue;
        const involved = new Set(queue.during(from - MEMORY, to).map(({ slot }) => slot));
        yield { lock, from, to, causes: [...disturbances.touching(involved, from, to, MEMORY)] };
      }
    }
  }
}

function waits(operation: Call['operation']): boolean {
  return operation === 'acquire' || operation === 'using' || operation === 'locked';
}

/** Between the end of one lease and the next grant. */
function* freeTimes(beliefs: readonly Belief[]): Iterable<Span> {
  let from = -Infinity;
  for (const belief of beliefs) {
    if (belief.from > from) yield { from, to: belief.from };
    from = Math.max(from, belief.freeAt);
  }
  yield { from, to: Infinity };
}

/** Who waits for one lock, and when. */
class Queue {
  readonly #calls: readonly Call[];
  /** For each place, the latest end up to it. */
  readonly #latest: readonly number[];

  constructor(calls: readonly Call[]) {
    this.#calls = calls.toSorted((one, other) => one.from - other.from);
    let latest = -Infinity;
    this.#latest = this.#calls.map(({ to }) => (latest = Math.max(latest, to ?? Infinity)));
  }

  /** Who waits at any moment of a time. */
  during(from: number, to: number): Call[] {
    const found: Call[] = [];
    for (let place = this.#firstUntil(from); place < this.#calls.length; place += 1) {
      const call = this.#calls[place];
      if (call === undefined || call.from > to) break;
      if ((call.to ?? Infinity) >= from) found.push(call);
    }
    return found;
  }

  /** The parts of a time in which at least one of them waits. */
  *waiting({ from, to }: Span): Iterable<Span> {
    let open: { from: number; to: number } | undefined;
    for (const call of this.during(from, to)) {
      const begin = Math.max(call.from, from);
      const end = Math.min(call.to ?? Infinity, to);
      if (end <= begin || end === Infinity) continue;
      if (open !== undefined && begin <= open.to) open.to = Math.max(open.to, end);
      else {
        if (open !== undefined) yield open;
        open = { from: begin, to: end };
      }
    }
    if (open !== undefined) yield open;
  }

  #firstUntil(moment: number): number {
    let low = 0;
    let high = this.#latest.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#latest[middle] ?? Infinity) < moment) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
