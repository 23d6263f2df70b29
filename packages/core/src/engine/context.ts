import type { Agenda } from '../runtime/agenda.js';
import type { Clock } from '../runtime/clock.js';
import type { KeepAlive } from '../runtime/keep-alive.js';
import type { Grace } from '../store/grace.js';
import type { StoreSession } from '../store/port.js';

/** What every part of one locker's engine works with. */
export interface Context {
  /** Stands in front of its tokens. */
  readonly lockerId: string;
  readonly clock: Clock;
  readonly agenda: Agenda;
  readonly session: StoreSession;
  readonly keepAlive: KeepAlive;
  /** How long an operation may stay unanswered, in ms. */
  readonly commandTimeout: number;
  /** Undefined: a loss of the store's data is not provided for. */
  readonly grace: { readonly terms: Grace; readonly watch: Watch } | undefined;
  /** It listens also while nobody waits, and makes sure that it hears. From some time on, for ever. */
  listens: boolean;
}

/** Who is told that the store has lost its data. */
export interface Watch {
  /** The server at this address grants nothing for so many ms. */
  heard(left: number, address: string): void;
  /** A lock of this locker was lost there, and was written back. */
  reclaimed(holder: {
    readonly key: string;
    readonly identity: { readonly lockName: string; readonly fencingToken: number };
  }): void;
}
