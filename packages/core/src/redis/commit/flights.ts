import { type Listed, Roster } from '../../runtime/roster.js';
import type { Connection } from '../connections/connection.js';
import { Silence } from '../silence.js';

/** A batch gets at least so long before its connection is given up, in ms. */
const SHORTEST_FLIGHT = 250;

/** A batch under way. */
export class Flight implements Listed {
  place = -1;
  readonly connection: Connection;
  readonly silence: Silence;
  readonly #since: number;

  constructor(connection: Connection, since: number, time: number) {
    this.connection = connection;
    this.silence = new Silence(since, time);
    this.#since = since;
  }

  age(now: number): number {
    return now - this.#since;
  }
}

/** The batches under way. The connection of one that is silent for too long is given up. */
export class Flights {
  readonly #flights = new Roster<Flight>();
  readonly #shortest: number;

  /** `commandTimeout`: where the user asked for less than is usual, no flight takes longer, in ms. */
  constructor(commandTimeout: number) {
    this.#shortest = Math.min(SHORTEST_FLIGHT, commandTimeout);
  }

  /** `time`: how long the connection may be silent, in ms. */
  add(connection: Connection, now: number, time: number): Flight {
    const flight = new Flight(connection, now, Math.max(time, this.#shortest));
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
      if (flight.silence.over(now)) {
        flight.connection.lose(new Error(`no answer for ${Math.round(flight.age(now))} ms`));
      } else {
        next = Math.min(next, flight.silence.due);
      }
    }
    return next;
  }
}
