import type { History } from '../history/history.js';

/** A broken promise. */
export interface Violation {
  readonly check: string;
  readonly message: string;
  /** When, for the events around it. */
  readonly at: number | undefined;
  readonly lock: string | undefined;
}

/** Looks for one kind of broken promise. */
export type Check = (history: History) => Iterable<Omit<Violation, 'check'>>;
