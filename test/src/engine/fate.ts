/** What becomes of one operation on its way to the server and back. Times in milliseconds. */
export interface Fate {
  /** Until the server applies it. Infinity: it never gets there. */
  readonly request: number;
  /** From then until the answer arrives. Infinity: never. */
  readonly reply: number;
  /** The sender learns at once that the connection broke, instead of when its patience ends. */
  readonly cut?: boolean;
  /** The server applies it once more, so much later than the first time. */
  readonly again?: number;
  /** The server answers with an error: one that stays, or one that passes. */
  readonly refused?: 'for good' | 'for now';
  /** It never leaves the process. */
  readonly unsent?: boolean;
}

export const delivered: Fate = { request: 0, reply: 0 };
/** It never runs, and nobody says so. */
export const lostRequest: Fate = { request: Infinity, reply: Infinity };
/** It runs, and nobody says so. */
export const lostReply: Fate = { request: 0, reply: Infinity };
/** The connection breaks before it is sent. */
export const cutBefore: Fate = { request: Infinity, reply: Infinity, cut: true };
/** It runs, and then the connection breaks. */
export const cutAfter: Fate = { request: 0, reply: Infinity, cut: true };
export const refused: Fate = { request: Infinity, reply: Infinity, refused: 'for good' };
export const refusedForNow: Fate = { request: Infinity, reply: Infinity, refused: 'for now' };
/** No connection was free for it. */
export const neverSent: Fate = { request: Infinity, reply: Infinity, unsent: true };

export function slow(request: number, reply = 0): Fate {
  return { request, reply };
}

/** The connection breaks, but what was sent arrives all the same. */
export function cutAndLate(request: number): Fate {
  return { request, reply: Infinity, cut: true };
}

/** It runs a second time later: a network that repeats itself. */
export function twice(again: number): Fate {
  return { request: 0, reply: 0, again };
}

/** What becomes of a pushed grant: ms of delay for each copy that arrives. */
export type PushFate = readonly number[];

export const pushLost: PushFate = [];
export const pushDelivered: PushFate = [0];
