import type { Clock } from '../../runtime/clock.js';
import { codeOf } from '../refusal.js';
import type { Flight } from './flights.js';

/**
 * Loads a script of which the server says that it does not know it: it was restarted, or its scripts were
 * flushed, and nothing ran. Once for all that travels together. Rejects with any other error.
 */
export async function loadIfMissing(
  script: string,
  error: unknown,
  flight: Flight,
  clock: Clock,
): Promise<void> {
  if (!(error instanceof Error && codeOf(error.message) === 'NOSCRIPT')) throw error;
  flight.silence.broken(clock.now());
  await flight.load(script);
  flight.silence.broken(clock.now());
}
