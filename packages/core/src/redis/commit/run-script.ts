import type { Clock } from '../../runtime/clock.js';
import { codeOf } from '../refusal.js';
import type { Flight } from './flights.js';

/**
 * Sends what runs a script. NOSCRIPT: nothing ran, the server was restarted or its scripts were
 * flushed; then it is loaded, once for all that travels together. Rejects as the connection does.
 */
export async function runScript(
  script: string,
  send: () => Promise<unknown>,
  flight: Flight,
  clock: Clock,
): Promise<unknown> {
  try {
    return await send();
  } catch (error) {
    if (!(error instanceof Error && codeOf(error.message) === 'NOSCRIPT')) throw error;
    flight.silence.broken(clock.now());
    await flight.load(script);
    flight.silence.broken(clock.now());
    return send();
  }
}
