import { PAGE, type Span, type View } from '../store/view.js';

/** What is to be shown of one lock. Infinity: all. */
export interface Wanted {
  readonly holders: number;
  readonly waiting: number;
}

/** Turns the pages of one lock: what is to be asked for next, by what has come. */
export class Paging {
  readonly #wanted: Wanted;
  readonly #tokens = new Set<string>();
  /** When the last lease that was shown ends, and how many that were shown end then. */
  #endsFrom: number | undefined;
  #ending = 0;
  #waited = 0;
  /** The ticket of the last waiter that was shown. */
  #behind: number | undefined;

  constructor(wanted: Wanted) {
    this.#wanted = wanted;
  }

  /** The first page. */
  get first(): Span {
    const { holders, waiting } = this.#wanted;
    return { holders: Math.min(holders, PAGE), waiting: Math.min(waiting, PAGE) };
  }

  /** What comes behind this page; undefined: nothing, or nothing that is wanted. */
  after(page: View): Span | undefined {
    const holders = this.#moreHolders(page);
    const waiting = this.#moreWaiting(page);
    if (holders === 0 && waiting === 0) return undefined;
    return { holders, endsFrom: this.#endsFrom, waiting, behind: this.#behind };
  }

  #moreHolders({ holding }: View): number {
    if (holding?.kind !== 'room') return 0;
    const known = this.#tokens.size;
    for (const { token, ends } of holding.inside) {
      if (this.#tokens.has(token)) continue;
      this.#tokens.add(token);
      this.#ending = ends === this.#endsFrom ? this.#ending + 1 : 1;
      this.#endsFrom = ends;
    }
    // What somebody else has written there is counted, and not shown.
    if (this.#tokens.size === known) return 0;
    const left = Math.min(this.#wanted.holders, holding.count) - this.#tokens.size;
    // Many leases can end in one moment: those that are known of it come again.
    return left > 0 ? Math.min(left, PAGE) + this.#ending : 0;
  }

  #moreWaiting({ waiting, count }: View): number {
    if (waiting.length === 0) return 0;
    this.#waited += waiting.length;
    this.#behind = waiting.at(-1)?.ticket;
    const left = Math.min(this.#wanted.waiting, count) - this.#waited;
    return Math.min(Math.max(left, 0), PAGE);
  }
}
