import type { Instant } from '../../runtime/clock.js';
import type { Deadline } from '../../runtime/deadline.js';
import type { Failure, Holder } from '../../store/port.js';
import type { Heard } from './foreign-pace.js';

/** What is to be done once the state is stored. */
export type Effect =
  | { readonly kind: 'ask' }
  | { readonly kind: 'gather' }
  | { readonly kind: 'pause'; readonly time: number }
  | Granted
  /** It was taken from somebody. */
  | { readonly kind: 'stolen'; readonly fencingToken: number; readonly from: Holder }
  | { readonly kind: 'busy' }
  | { readonly kind: 'full' }
  | { readonly kind: 'foreign'; readonly type: string; readonly key: string | undefined }
  | { readonly kind: 'too slow' }
  /** `passes`: it may be over later; what is refused for good is refused to all that wait with it. */
  | { readonly kind: 'failed'; readonly error: Failure['error']; readonly passes: boolean }
  /** It outlasts this itself; others of its line need not. */
  | { readonly kind: 'outage'; readonly error: Failure['error'] }
  /** It is not granted at once: the call begins to wait. Comes last, since others are told. */
  | { readonly kind: 'waits' }
  /** Said of the holder, to all that wait with it. */
  | { readonly kind: 'heard'; readonly heard: Heard }
  /** There may be others behind it who can be let in. */
  | { readonly kind: 'advance' }
  /** The others of this process have lost their places, too. */
  | { readonly kind: 'ask all' }
  /** Grants do not seem to come through. */
  | { readonly kind: 'doubt'; readonly certain: boolean };

export class Granted {
  readonly kind = 'granted';
  readonly fencingToken: number;
  /** No grant is older than this moment. */
  readonly sent: Instant;
  readonly deadline: Deadline;
  /** After standing in line. */
  readonly handedOff: boolean;

  constructor(fencingToken: number, sent: Instant, deadline: Deadline, handedOff: boolean) {
    this.fencingToken = fencingToken;
    this.sent = sent;
    this.deadline = deadline;
    this.handedOff = handedOff;
  }
}

export type Effects = readonly Effect[];

export const NOTHING: Effects = [];
export const ASK: Effects = [{ kind: 'ask' }];
export const GATHER: Effects = [{ kind: 'gather' }];
export const ADVANCE: Effect = { kind: 'advance' };
export const WAITS: Effect = { kind: 'waits' };
export const ASK_ALL: Effect = { kind: 'ask all' };
export const DOUBT: Effect = { kind: 'doubt', certain: false };
