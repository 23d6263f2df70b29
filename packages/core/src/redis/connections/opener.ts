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
    if (this.#closed) throw new Error('nothing is opened any more');
    const tries = new Set<Connection>();
    let taken: Connection | undefined;
    let watch: Appointment | undefined;
    this.#wanted += 1;
    const beside = new Promise<Connection>((resolve) => {
      // What fails beside the first says nothing that the first will not say.
      watch = this.#watch(() => void this.#try(tries, prepare).then(resolve, () => {}));
    });
    try {
      taken = await Promise.race([this.#try(tries, prepare), beside]);
      return taken;
    } finally {
      this.#wanted -= 1;
      if (watch !== undefined) this.#timing.agenda.cancel(watch);
      for (const connection of tries) if (connection !== taken) connection.close();
    }
  }

  /** Ends all tries. */
  close(): void {
    this.#closed = true;
    for (const connection of this.#coming) connection.close();
  }

  /** Calls back each time that nothing has come to stand for long, if there is room for one more. */
  #watch(onLate: () => void): Appointment {
    const { clock, agenda } = this.#timing;
    const time = Math.min(LONGEST_ALONE, this.#source.connectTimeout * PART_ALONE);
    const silence = new Silence(clock.now(), time);
    const watch = new Appointment((now) => {
      if (this.#closed) return;
      if (silence.over(now)) {
        silence.broken(now);
        if (this.#coming.size < this.#wanted + MOST_BESIDE) onLate();
      }
      agenda.schedule(watch, silence.due);
    });
    agenda.schedule(watch, silence.due);
    return watch;
  }

  async #try(
    tries: Set<Connection>,
    prepare: ((connection: Connection) => Promise<void>) | undefined,
  ): Promise<Connection> {
    const source = this.#source.current ?? this.#source;
    const connection = new Connection(source, this.#purpose, this.#timing);
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
