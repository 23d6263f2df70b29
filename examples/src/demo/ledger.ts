import { setImmediate as turn } from 'node:timers/promises';
import type { Moment } from './moments.js';
import { type Recording, record } from './recording.js';

/** Everything that was reported, act by act. */
export class Ledger {
  readonly #moments: Moment[] = [];
  readonly #expecting = new Map<string, () => void>();

  readonly report = (moment: Moment): void => {
    this.#moments.push(moment);
    if (moment.kind === 'held') this.#expecting.get(moment.who)?.();
  };

  /** Settles when this actor reports that it holds a lock. */
  held(who: string): Promise<void> {
    return new Promise((resolve) => {
      this.#expecting.set(who, resolve);
    });
  }

  /** Ends an act: what was reported since the last one. */
  async close(cast: readonly string[]): Promise<Recording> {
    // What came together with the last answer is heard in the same turn.
    await turn();
    return record(cast, this.#moments.splice(0));
  }
}
