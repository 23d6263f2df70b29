import type { Agenda } from '../runtime/agenda.js';
import type { Clock } from '../runtime/clock.js';
import type { KeepAlive } from '../runtime/keep-alive.js';
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
  /** It listens also while nobody waits, and makes sure that it hears. From some time on, for ever. */
  listens: boolean;
}
