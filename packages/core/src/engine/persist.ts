import { RedisUnreachableError } from '../errors.js';
import type { Operation, OutcomeOf, StoreSession } from '../store.js';
import type { Agenda } from './agenda.js';
import type { Clock } from './clock.js';

/** Below this a connection is not given up for being slow. */
export const SHORTEST_PATIENCE = 500;

/** The pause before asking again when a connection failed at once. */
export const RETRY_PAUSE = 50;

export interface Answer<O extends Operation> {
  readonly outcome: OutcomeOf<O>;
  /** More than 1: an earlier attempt may have run, too. */
  readonly attempts: number;
}

/** What it takes to ask a store again. */
export interface Asking {
  readonly clock: Clock;
  readonly agenda: Agenda;
  readonly session: StoreSession;
  readonly commandTimeout: number;
}

/**
 * How long to wait for one answer so that a second attempt, on another connection, still fits
 * before `until`.
 */
export function patience({ clock, commandTimeout }: Asking, until: number): number {
  const half = Math.max((until - clock.now()) / 2, SHORTEST_PATIENCE);
  return Math.min(half, commandTimeout / 2);
}

/**
 * Sends an operation again until it is answered or the moment `until` has passed.
 *
 * @throws {RedisUnreachableError} of the last attempt.
 */
export async function persist<O extends Operation>(
  asking: Asking,
  operation: O,
  until: number,
): Promise<Answer<O>> {
  const { clock, agenda, session } = asking;
  for (let attempts = 1; ; attempts += 1) {
    try {
      // Each attempt follows from the failure of the one before.
      // oxlint-disable-next-line no-await-in-loop
      return { outcome: await session.submit(operation, patience(asking, until)), attempts };
    } catch (error) {
      if (!(error instanceof RedisUnreachableError)) throw error;
      if (clock.now() + RETRY_PAUSE >= until) throw error;
      // oxlint-disable-next-line no-await-in-loop
      await agenda.pause(RETRY_PAUSE);
    }
  }
}
