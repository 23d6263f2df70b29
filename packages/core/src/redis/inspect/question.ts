import { type Agenda, Appointment } from '../../runtime/agenda.js';
import type { Clock } from '../../runtime/clock.js';
import { neutrally } from '../../runtime/neutral.js';
import type { Failure } from '../../store/port.js';
import type { Connection } from '../connections/connection.js';
import type { Pool } from '../connections/pool.js';
import { notSent, refused, unanswered } from '../failures.js';
import { Silence } from '../silence.js';

export interface Asking {
  readonly address: string;
  readonly pool: Pool;
  readonly clock: Clock;
  readonly agenda: Agenda;
}

/** What was said to it. */
export interface Answer<T> {
  readonly kind: 'answer';
  readonly answer: T;
}

/**
 * Asks once, on a connection that may carry a batch meanwhile: what only looks is in no batch, and has
 * nobody wait behind it but who looks. After `time` ms of silence the connection is given up.
 */
export async function question<T>(
  { address, pool, clock, agenda }: Asking,
  time: number,
  ask: (connection: Connection) => Promise<T>,
): Promise<Answer<T> | Failure> {
  const connection = pool.newest;
  if (connection === undefined) return notSent(address, pool.failure);
  const silence = new Silence(clock.now(), time);
  const watch = new Appointment((now) => {
    if (silence.over(now)) connection.lose(new Error(`no answer for ${Math.round(time)} ms`));
    else agenda.schedule(watch, silence.due);
  });
  agenda.schedule(watch, silence.due);
  try {
    return { kind: 'answer', answer: await neutrally(() => ask(connection)) };
  } catch (error) {
    // A rejection on a connection that still stands is an error reply.
    const heard = connection.open && error instanceof Error && !(error instanceof TypeError);
    return heard ? refused(address, error) : unanswered(address, error);
  } finally {
    agenda.cancel(watch);
  }
}
