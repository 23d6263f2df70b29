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

  /** What comes behind the page that came for `asked`; undefined: nothing, or nothing that is wanted. */
  after(page: View, asked: Span): Span | undefined {
    const holders = this.#moreHolders(page, asked.holders);
    const waiting = this.#moreWaiting(page, asked.waiting);
    if (holders === 0 && waiting === 0) return undefined;
    return { holders, endsFrom: this.#endsFrom, waiting, behind: this.#behind };
  }

  #moreHolders({ holding }: View, asked: number): number {
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
    const behind = mostBehind(holding.inside.length, asked, holding.count, this.#tokens.size);
    const left = Math.min(this.#wanted.holders - this.#tokens.size, behind);
    // Many leases can end in one moment: those that are known of it come again.
    return left > 0 ? Math.min(left, PAGE) + this.#ending : 0;
  }

  #moreWaiting({ waiting, count }: View, asked: number): number {
    if (waiting.length === 0) return 0;
    this.#waited += waiting.length;
    this.#behind = waiting.at(-1)?.ticket;
    const behind = mostBehind(waiting.length, asked, count, this.#waited);
    const left = Math.min(this.#wanted.waiting - this.#waited, behind);
    return Math.min(Math.max(left, 0), PAGE);
  }
}

/**
 * How many there can be behind a page. Of those on the pages before some may have left, and are not in its
 * count: so behind a full one, that does not show all, there can be any number.
 */
function mostBehind(shown: number, asked: number, count: number, known: number): number {
  return shown >= asked && shown < count ? Infinity : count - known;
}
