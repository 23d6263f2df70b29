import type { Failure, Grantee, Room } from './terms.js';

/*
 * What a store shows of its locks. Nothing of it changes anything, and nothing of it is for the locks
 * themselves: whoever wants one asks for it.
 */

/** So many of those who hold a lock, and of those who wait, one look shows at the most. */
export const PAGE = 256;

/** What is to be shown of each lock, at most {@link PAGE} of either. */
export interface Span {
  readonly holders: number;
  readonly waiting: number;
  /** Only those whose lease ends then, or later: ms of the store's clock. */
  readonly endsFrom?: number | undefined;
  /** Only those behind this ticket. */
  readonly behind?: number | undefined;
  /** The grace is looked at, too. Undefined: it is not. */
  readonly grace?: GraceSought | undefined;
}

/** Whose grace is looked at. */
export interface GraceSought {
  /** As in `Grace`. */
  readonly scope: string;
  /** How long it would last if it began now, in ms. Undefined: as long as the last one. */
  readonly time: number | undefined;
}

/** One who holds a lock, alone or in a room. */
export interface Inside extends Grantee {
  /** Undefined: exclusively. */
  readonly room: Room | undefined;
  /** When the lease ends, in ms of the store's clock; Infinity: never. */
  readonly ends: number;
  /** Somebody listens for its locker. */
  readonly listens: boolean;
}

/** Who holds a lock. */
export type Holding =
  | { readonly kind: 'grant'; readonly inside: Inside }
  /** `inside`: in the order of their ends, and of `count` as many as were asked for. */
  | {
      readonly kind: 'room';
      readonly used: number;
      /** Infinity: none. */
      readonly limit: number;
      readonly count: number;
      readonly inside: readonly Inside[];
    }
  /** `value`: the beginning of a string; undefined: it is none. */
  | {
      readonly kind: 'foreign';
      readonly type: string;
      readonly value: string | undefined;
      readonly ends: number;
    };

/** One who stands in a line. */
export interface Standing {
  readonly token: string;
  readonly ticket: number;
  /** How it asks; `unknown`: as only a newer version does. Undefined: exclusively. */
  readonly room: Room | 'unknown' | undefined;
  readonly listens: boolean;
}

/** One lock, as one look has shown it. */
export interface View {
  readonly key: string;
  /** When that was, in ms of the store's clock. */
  readonly at: number;
  readonly holding: Holding | undefined;
  /** How many stand in the line. */
  readonly count: number;
  readonly waiting: readonly Standing[];
  /** So many ms nobody is granted it, if it is asked for now. Undefined: that was not asked. */
  readonly graceLeft?: number | undefined;
}

/** A part of all that is held or waited for. */
export interface Catalogue {
  readonly kind: 'catalogue';
  /** Lock keys, perhaps some that were there before, and some that nobody holds or waits for. */
  readonly keys: readonly string[];
  /** How to go on; undefined: that was all. */
  readonly next: string | undefined;
}

export interface Views {
  readonly kind: 'views';
  readonly views: readonly View[];
}

/** The part of a session that shows. Each call asks once, and never rejects. */
export interface Showing {
  /**
   * Looks at each of these locks, in one step. One of several that this user may not touch is left out.
   * `silence`: after so many ms without an answer the connection is given up.
   */
  look(keys: readonly string[], span: Span, silence: number): Promise<Views | Failure>;
  /**
   * Goes on from `next`, or begins. `match`: what the names behind the prefix look like, see `Glob`; more
   * than these may come.
   */
  browse(
    prefix: string,
    match: string,
    next: string | undefined,
    silence: number,
  ): Promise<Catalogue | Failure>;
}
