import type { QuietTime } from './quiet-time.js';

/** What one scenario came to. */
export interface Result {
  readonly title: string;
  /** What the memory is counted for. */
  readonly unit: 'lock' | 'waiter' | 'locker';
  /** JavaScript heap of the clients, in bytes for each unit. */
  readonly clientBytes: number;
  /** Memory in use at Redis, in bytes for each unit. */
  readonly serverBytes: number;
  readonly quiet: QuietTime;
  /** The event loop of the worst process while the work was done, in ms. */
  readonly busiest: number;
  /** What was done, and how fast. */
  readonly work: string;
  /** What was checked, and held. */
  readonly checked: readonly string[];
  /** What was lost, out of order or left over. Empty, or the promise is broken. */
  readonly faults: readonly string[];
}

/** Collects what a scenario checks. */
export class Findings {
  readonly checked: string[] = [];
  readonly faults: string[] = [];

  /** `observed` says what is wrong; undefined or empty: the promise was kept. */
  check(promise: string, ...observed: (string | undefined)[]): void {
    const faults = observed.filter((fault) => fault !== undefined && fault !== '');
    if (faults.length === 0) this.checked.push(promise);
    else this.faults.push(`${promise}: ${faults.join('; ')}`);
  }
}
