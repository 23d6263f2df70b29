import type { LockMode } from './mode.js';

/**
 * What is known of a lock at one moment: how it is held, by whom, and who waits for it. By the time that
 * it is read, all of it may be different. Moments are `Date`s by the clock of the store, to be compared
 * with one another and with `at`; durations are milliseconds. The store looks at everything in one step,
 * except for what is `at` a later moment: where more are asked for than one step may show, the others
 * are read one page after the other.
 */
export interface LockInspection {
  /** As it is asked for, without the prefix. */
  readonly name: string;
  /** When the store looked. */
  readonly at: Date;
  /**
   * How it is held. `foreign`: by a program of another kind, which has written something else into the
   * lock key. Undefined: nobody holds it.
   */
  readonly mode: LockMode | 'foreign' | undefined;
  /**
   * The smallest limit of those who hold it, which counts for all. Undefined: there is none, as with a
   * lock that is exclusive, shared or free.
   */
  readonly limit: number | undefined;
  /** The sum of the weights of all who hold it. 0: nobody does. */
  readonly used: number;
  /** Who holds it; of several, in the order in which their leases end. */
  readonly holders: readonly InspectedHolder[];
  /** How many hold it: more than `holders` if not all were asked for. */
  readonly holderCount: number;
  /** Who waits for it, in the order of the line. */
  readonly waiting: readonly InspectedWaiter[];
  /** How many stand in the line: more than `waiting` if not all were asked for. */
  readonly waitingCount: number;
  /**
   * Whoever is not inside gets this lock in so many ms at the earliest, since the store has lost its data, or was
   * started anew: see the option `grace` of `createLocker`. Undefined: there is no such time, or neither this locker
   * has a grace nor the call asked for it.
   *
   * A loss that nobody has come upon yet counts as a grace that begins at this moment, although it begins with
   * the next call for any lock. Then it is all of the grace, and not less the next time that one looks. It is as
   * long as that of this locker; without one, as the last one was. In a cluster each slot has a grace of its own.
   */
  readonly graceRemaining: number | undefined;
}

/** Who holds a lock: a locker like this one, or a program of another kind. */
export type InspectedHolder = LockerHolding | ForeignHolding;

/** A locker like this one holds it. */
export interface LockerHolding {
  /** Tells it from {@link ForeignHolding}. */
  readonly kind: 'locker';
  /** What its `createLocker` was told, or its host name and process id; undefined: it names nobody. */
  readonly owner: string | undefined;
  /** As in `Lock.token`. */
  readonly token: string;
  /** As in `Lock.fencingToken`. */
  readonly fencingToken: number;
  /** It is the very locker that was asked. */
  readonly self: boolean;
  /** When it was granted. */
  readonly since: Date;
  /**
   * What the lease has left, in ms, if it is not renewed. Undefined: it has no end, since somebody took
   * it away. 0, in a lock that several hold: it is over, and counts until the store is next asked for it.
   */
  readonly remaining: number | undefined;
  /** How it holds the lock. */
  readonly mode: LockMode;
  /** The limit that it was taken with; undefined: with none. */
  readonly limit: number | undefined;
  /** What it takes of the limit; 1 where there is none. */
  readonly weight: number;
  /** Its process listens now: it would be told at once of a forced release. */
  readonly listening: boolean;
  /** When the store looked: that of the inspection, or later. */
  readonly at: Date;
}

/** A program of another kind holds it. */
export interface ForeignHolding {
  /** Tells it from {@link LockerHolding}. */
  readonly kind: 'foreign';
  /** The data type of what it has written: `string`, as locks of other libraries are, or another. */
  readonly type: string;
  /** The beginning of what it has written; undefined: it is no string. */
  readonly value: string | undefined;
  /** What the key has left, in ms; undefined: it has no expiry. */
  readonly remaining: number | undefined;
  /** When the store looked: that of the inspection. */
  readonly at: Date;
}

/** Who waits for a lock. */
export interface InspectedWaiter {
  /** As in {@link LockerHolding}. */
  readonly owner: string | undefined;
  /** The token that will hold the lock, as in `Lock.token`. */
  readonly token: string;
  /** It waits at the very locker that was asked. */
  readonly self: boolean;
  /** When it came. */
  readonly since: Date;
  /** How it asks. Undefined: in a way that only a newer version knows. */
  readonly mode: LockMode | undefined;
  /** The limit that it brings; undefined: none. */
  readonly limit: number | undefined;
  /** What it asks for of the limit; 1 where there is none. */
  readonly weight: number;
  /** Its process listens now. One that does not is passed over when its turn comes. */
  readonly listening: boolean;
  /** When the store looked: that of the inspection, or later. */
  readonly at: Date;
}
