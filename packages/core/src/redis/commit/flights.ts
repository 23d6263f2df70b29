import { type Listed, Roster } from '../../runtime/roster.js';
import type { Connection } from '../connections/connection.js';
import type { Pool } from '../connections/pool.js';
import { Silence } from '../silence.js';

/** A batch gets at least so long before its connection is given up, in ms. */
const SHORTEST_FLIGHT = 250;

/** A batch under way. */
export class Flight implements Listed {
  place = -1;
  readonly connection: Connection;
  readonly silence: Silence;
  readonly since: number;
  /** Scripts that are being loaded. */
  #loads: Map<string, Promise<unknown>> | undefined;

  constructor(connection: Connection, since: number, time: number) {
    this.connection = connection;
    this.silence = new Silence(since, time);
    this.since = since;
  }

  /** Loads a script, once. */
  load(script: string): Promise<unknown> {
    this.#loads ??= new Map();
    let load = this.#loads.get(script);
    if (load === undefined) {
      load = this.connection.command(['SCRIPT', 'LOAD', script]);
      this.#loads.set(script, load);
    }
    return load;
  }
}

/** The batches under way. The connection of one that is silent for too long is given up. */
export class Flights {
  readonly #flights = new Roster<Flight>();
  readonly #pool: Pool;
  readonly #shortest: number;

  /**
   * `commandTimeout`: where the user asked for less than is usual, no flight takes longer, in ms; unless
   * the server itself may have to wait for longer: `replicaTimeout`.
   */
  constructor(pool: Pool, commandTimeout: number, replicaTimeout: number) {
    this.#pool = pool;
    this.#shortest = Math.max(Math.min(SHORTEST_FLIGHT, commandTimeout), 2 * replicaTimeout);
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
        this.#giveUp(flight, now);
      } else {
        next = Math.min(next, flight.silence.due);
      }
    }
    return next;
  }

  /**
   * What forgot this connection may have forgotten others. To find that out one by one would take
   * the next try, and the one after it, as long as this one.
   */
  #giveUp({ connection, since }: Flight, now: number): void {
    const cause = new Error(`no answer for ${Math.round(now - since)} ms`);
    this.#pool.loseIdle(since, cause);
    connection.lose(cause);
  }
}
