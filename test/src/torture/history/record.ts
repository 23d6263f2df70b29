import type { Share } from './share.js';

/** What is written down while it happens. `at`: ms on the clock that all processes share. */

export type Operation =
  | 'acquire'
  | 'tryAcquire'
  | 'acquire several'
  | 'using'
  | 'locked'
  | 'adopt'
  | 'renew'
  | 'release'
  | 'close';

/** A call of the library begins (`locked`: of a decorated method). `limit`: ms within which it has to end; null: when it is granted. */
export interface Called {
  readonly kind: 'called';
  readonly at: number;
  readonly call: number;
  readonly operation: Operation;
  readonly lock: string;
  readonly limit: number | null;
  /** Whose lock is adopted. */
  readonly owner?: string | undefined;
}

/** It ended: `granted`, `busy`, `done`, the code of an error, or what nobody expected. */
export interface Answered {
  readonly kind: 'answered';
  readonly at: number;
  readonly call: number;
  readonly outcome: string;
}

/** A lock was seen to be held at the moment `at`, and is believed to be until `until`, at least. */
export interface Granted {
  readonly kind: 'granted';
  readonly at: number;
  readonly call: number;
  readonly lock: string;
  readonly owner: string;
  readonly fencingToken: number;
  readonly ttl: number;
  readonly until: number;
  readonly handedOff: boolean;
  /** Of a lock that is held with others. */
  readonly share?: Share | undefined;
}

/** A renewal moved the deadline. */
export interface Extended {
  readonly kind: 'extended';
  readonly at: number;
  readonly owner: string;
  readonly until: number;
}

/** Belief ends here, if it did not before. Of a release: written before it is called. */
export interface Ended {
  readonly kind: 'ended';
  readonly at: number;
  readonly owner: string;
  readonly how:
    | 'released'
    | 'forced'
    | 'handed over'
    | 'gone'
    | 'taken'
    | 'expired'
    | 'overdue'
    | 'closed'
    | 'together';
  /** The release that is about to be called. */
  readonly call?: number;
}

/** The holder wrote to the fenced register, between these two moments. */
export interface Wrote {
  readonly kind: 'wrote';
  readonly at: number;
  readonly to: number;
  readonly owner: string;
  readonly accepted: boolean;
}

/** The event loop stood still for a time, for whatever reason. */
export interface Lagged {
  readonly kind: 'lagged';
  readonly at: number;
  readonly to: number;
}

/** What must not happen in any process: a rejection that nobody handled, an error of no known kind. */
export interface Alarmed {
  readonly kind: 'alarmed';
  readonly at: number;
  readonly message: string;
}

/** A connection, or who serves what, as this process sees it: nothing is judged by that, it explains. */
export interface Noticed {
  readonly kind: 'noticed';
  readonly at: number;
  readonly message: string;
}

export type Entry =
  | Called
  | Answered
  | Granted
  | Extended
  | Ended
  | Wrote
  | Lagged
  | Alarmed
  | Noticed;

/** What one process wrote. A slot is a place in the crew: who is killed is replaced in it. */
export interface Journal {
  readonly worker: string;
  readonly slot: number;
  readonly entries: readonly Entry[];
}

/** What the register did with a write. */
export interface RegisterEntry {
  readonly at: number;
  readonly lock: string;
  readonly fencingToken: number;
  readonly accepted: boolean;
}
