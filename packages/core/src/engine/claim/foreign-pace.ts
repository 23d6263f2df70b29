import type { Waiting } from '../../store/port.js';

/** The first in line asks again after so long, in ms, as the quickest of the other libraries do. */
const SHORTEST = 10;

/** A holder that stays is not asked for so often: after a hundredth of the time that it has been there. */
const SHARE = 1 / 100;
const LONGEST = 100;

/** Others ask after so long: whoever is first in line may have left. */
const OF_OTHERS = 1_000;

/** With many locks in the hands of others, a locker asks once in so long, for one after the other. */
const OF_ALL = 1;

/**
 * How soon those who wait ask again while a program of another kind has the lock: nobody tells them when
 * it is given back, and others that ask often would get it each time.
 */
export class ForeignPace {
  /** What holds each lock of those that are asked for often, and since when it was seen. */
  readonly #holders = new Map<string, { readonly value: string; readonly since: number }>();

  /** In ms; undefined: as ever, since who has the lock will tell. */
  after(key: string, { holder, mustAsk }: Heard, now: number): number | undefined {
    if (holder?.kind !== 'foreign') {
      this.#holders.delete(key);
      return undefined;
    }
    const { value } = holder;
    const known = this.#holders.get(key);
    const since = known?.value === value ? known.since : now;
    if (known?.value !== value) this.#holders.set(key, { value, since });
    if (mustAsk !== true) return OF_OTHERS;
    const own = Math.min(Math.max((now - since) * SHARE, SHORTEST), LONGEST);
    return Math.max(own, this.#holders.size * OF_ALL);
  }

  /** Nobody waits for it here any more. */
  forget(key: string): void {
    this.#holders.delete(key);
  }
}

/** What was said of the lock. */
export type Heard = Pick<Waiting, 'holderTtl' | 'holder' | 'mustAsk'>;
