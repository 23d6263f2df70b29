import { Appointment } from '../../runtime/agenda.js';
import { Silence } from '../silence.js';
import type { ConnectionSource } from './client.js';
import { Connection, type Purpose, type Timing } from './connection.js';

/** A try that takes longer is not waited for alone any more, in ms; or this part of `connectTimeout`. */
const LONGEST_ALONE = 500;
const PART_ALONE = 0.1;

/** Tries under way at most, beyond the number of connections that are wanted. */
const MOST_BESIDE = 2;

/**
 * Opens connections. The network can lose one while it opens, and nobody is told: a try that takes
 * long has others beside it, and the first connection that stands is taken.
 */
export class Opener {
  readonly #source: ConnectionSource;
  readonly #purpose: Purpose;
  readonly #timing: Timing;
  /** All tries that are under way. */
  readonly #coming = new Set<Connection>();
  #wanted = 0;
  #closed = false;

  constructor(source: ConnectionSource, purpose: Purpose, timing: Timing) {
    this.#source = source;
    this.#purpose = purpose;
    this.#timing = timing;
  }

  /**
   * Opens one connection; `prepare` is part of that. The first try has `connectTimeout`, and when it
   * fails the others end with it: see {@link Connection.connect} for what is thrown.
   */
  async open(prepare?: (connection: Connection) => Promise<void>): Promise<Connection> {
    const { clock, agenda } = this.#timing;
    const tries = new Set<Connection>();
    const next = (): Promise<Connection> => this.#try(tries, prepare);
    const silence = new Silence(
      clock.now(),
      Math.min(LONGEST_ALONE, this.#source.connectTimeout * PART_ALONE),
    );
    let stands: (connection: Connection) => void = () => {};
    const beside = new Promise<Connection>((resolve) => {
      stands = resolve;
    });
    const watch = new Appointment((now) => {
      if (this.#closed) return;
      if (silence.over(now)) {
        silence.broken(now);
        // What fails beside the first says nothing that the first will not say.
        if (this.#coming.size < this.#wanted + MOST_BESIDE) next().then(stands, () => {});
      }
      agenda.schedule(watch, silence.due);
    });
    let taken: Connection | undefined;
    this.#wanted += 1;
    agenda.schedule(watch, silence.due);
    try {
      taken = await Promise.race([next(), beside]);
      return taken;
    } finally {
      this.#wanted -= 1;
      agenda.cancel(watch);
      for (const connection of tries) if (connection !== taken) connection.close();
    }
  }

  /** Ends all tries. */
  close(): void {
    this.#closed = true;
    for (const connection of this.#coming) connection.close();
  }

  async #try(
    tries: Set<Connection>,
    prepare: ((connection: Connection) => Promise<void>) | undefined,
  ): Promise<Connection> {
    const connection = new Connection(this.#source, this.#purpose, this.#timing);
    tries.add(connection);
    this.#coming.add(connection);
    try {
      await connection.connect();
      await prepare?.(connection);
      return connection;
    } finally {
      this.#coming.delete(connection);
    }
  }
}
