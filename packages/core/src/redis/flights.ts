import { type Listed, Roster } from '../runtime/roster.js';
import type { Connection } from './connections/connection.js';

/** A batch sent late gets at least so long before its connection is given up, in ms. */
const SHORTEST_FLIGHT = 250;

/** A batch under way. */
export interface Flight extends Listed {
  readonly connection: Connection;
  readonly since: number;
  readonly half: number;
  /** When the half that has begun is over. */
  due: number;
  halfOver: boolean;
}

/**
 * The batches under way, and the connections that carry them: one that was silent for too long is
 * given up. In two halves: after an event loop that stood still the first one ends late, and what
 * has come meanwhile is read in the second one.
 */
export class Flights {
  readonly #flights = new Roster<Flight>();

  /** `time`: how long the connection may be silent, in ms. */
  add(connection: Connection, since: number, time: number): Flight {
    const half = Math.max(time, SHORTEST_FLIGHT) / 2;
    const flight = { connection, since, half, due: since + half, halfOver: false, place: -1 };
    this.#flights.add(flight);
    return flight;
  }

  remove(flight: Flight): void {
    this.#flights.remove(flight);
  }

  /** Gives up what is silent for too long. Returns when to look again; Infinity: nothing is under way. */
  judge(now: number): number {
    let next = Infinity;
    for (const flight of this.#flights) {
      const { connection, since, half } = flight;
      if (flight.due <= now && flight.halfOver) {
        connection.lose(new Error(`no answer for ${Math.round(now - since)} ms`));
        continue;
      }
      if (flight.due <= now) {
        flight.halfOver = true;
        flight.due = now + half;
      }
      next = Math.min(next, flight.due);
    }
    return next;
  }
}
