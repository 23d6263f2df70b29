import { type Agenda, Appointment } from '../../runtime/agenda.js';
import type { Clock } from '../../runtime/clock.js';
import { RedisUnreachableError } from '../../errors.js';
import type { ConnectionSource } from './client.js';
import type { Connection } from './connection.js';
import { Opener } from './opener.js';

export interface PoolLimits {
  /** Connections that are kept open. */
  readonly min: number;
  /** Connections that are opened at most, when operations queue up. */
  readonly max: number;
}

export interface PoolOptions extends PoolLimits {
  readonly clock: Clock;
  readonly agenda: Agenda;
}

/** A connection beyond the minimum is closed after so long without work, in ms. */
const IDLE_LIFETIME = 30_000;

/** Between tries to connect, in ms: short, since whoever waits for a lock waits for this, too. */
const SHORTEST_BACKOFF = 20;
const LONGEST_BACKOFF = 250;

/**
 * The connections that batches travel on: each carries one batch at a time. Lost ones are replaced,
 * idle ones beyond the minimum are closed.
 */
export class Pool {
  /** Called when a connection has become idle: it was opened, or has answered. */
  onIdle: () => void = () => {};
  /** Called when an open connection was lost. */
  onLost: () => void = () => {};
  /** Called when a connection could not be opened. */
  onFailed: () => void = () => {};
  /** Called when a connection stands again after one was lost. */
  onRestored: () => void = () => {};
  /** Why there is no connection, if there is none. */
  failure: unknown;
  readonly #options: PoolOptions;
  readonly #opener: Opener;
  readonly #idle: { readonly connection: Connection; readonly since: number }[] = [];
  /** Those that stand, and when each was heard last: the one that was opened last comes last. */
  readonly #all = new Map<Connection, number>();
  readonly #sweep = new Appointment(() => this.#closeIdle());
  #opening = 0;
  #failures = 0;
  #lost = false;
  #closed = false;

  constructor(source: ConnectionSource, options: PoolOptions) {
    this.#options = options;
    this.#opener = new Opener(source, 'commands', options);
  }

  /** Opens the minimum, each prepared. Rejects, with nothing left open, if that cannot be done. */
  async open(prepare: (connection: Connection) => Promise<void>): Promise<void> {
    const opening = Array.from({ length: this.#options.min }, () => this.#open(prepare));
    const results = await Promise.allSettled(opening);
    const failed = results.find((result) => result.status === 'rejected');
    if (failed === undefined) return;
    this.close();
    throw failed.reason;
  }

  /** Why there is no connection; undefined: there is one, or none was needed yet. */
  get outage(): Error | undefined {
    if (this.#all.size > 0 || !(this.#lost || this.#failures > 0)) return undefined;
    return this.failure instanceof Error ? this.failure : new Error('the connection was lost');
  }

  /** How many connections can be taken at once. */
  get idle(): number {
    return this.#idle.length;
  }

  /** The connection that was opened last, busy or not: that which knows best where the server is. */
  get newest(): Connection | undefined {
    return [...this.#all.keys()].at(-1);
  }

  /** An idle connection, to be returned; undefined: `onIdle` will tell when there is one. */
  take(): Connection | undefined {
    const entry = this.#idle.pop();
    if (entry !== undefined) return entry.connection;
    this.grow();
    return undefined;
  }

  /** There is work for one more connection: opens it, unless two are idle or the maximum is open. */
  grow(): void {
    if (this.#idle.length < 2) this.#ensure(this.#all.size + 1);
  }

  /** It has answered. */
  giveBack(connection: Connection): void {
    const now = this.#options.clock.now();
    if (!this.putBack(connection, now)) return;
    this.#all.set(connection, now);
    this.onIdle();
  }

  /** It was not needed after all. Returns whether it still stands. */
  putBack(connection: Connection, now: number): boolean {
    if (!this.#all.has(connection)) return false;
    this.#idle.push({ connection, since: now });
    if (this.#all.size > this.#options.min && !this.#sweep.scheduled) {
      this.#options.agenda.schedule(this.#sweep, now + IDLE_LIFETIME);
    }
    return true;
  }

  /** Another connection is silent since then: what has not been heard after that is given up, too. */
  loseIdle(since: number, cause: Error): void {
    const suspects = this.#idle.filter(({ connection }) => this.#heard(connection) <= since);
    for (const { connection } of suspects) connection.lose(cause);
  }

  close(): void {
    this.#closed = true;
    this.#options.agenda.cancel(this.#sweep);
    this.#opener.close();
    for (const connection of this.#all.keys()) connection.close();
    this.#all.clear();
    this.#idle.length = 0;
  }

  /** Opens connections until there are `wanted`, within the limits; one after a failure. */
  #ensure(wanted: number): void {
    const target = Math.min(Math.max(wanted, this.#options.min), this.#options.max);
    if (this.#closed || this.#all.size + this.#opening >= target) return;
    if (this.#failures > 0 && this.#opening > 0) return;
    void this.#reopen();
  }

  async #reopen(): Promise<void> {
    this.#opening += 1;
    try {
      if (this.#failures > 0) await this.#options.agenda.pause(this.#backoff());
      if (!this.#closed) await this.#open();
    } catch (error) {
      this.failure = error;
      this.#failures += 1;
      this.onFailed();
    } finally {
      this.#opening -= 1;
    }
    this.#ensure(this.#options.min);
  }

  async #open(prepare?: (connection: Connection) => Promise<void>): Promise<void> {
    const connection = await this.#opener.open(prepare);
    if (this.#closed) {
      connection.close();
      return;
    }
    // Between its opening and now it may have been lost, and nobody was there to be told.
    if (!connection.open)
      throw new RedisUnreachableError(connection.address, 'closed the connection');
    connection.onLost = (cause) => this.#onLost(connection, cause);
    this.#all.set(connection, this.#options.clock.now());
    this.#failures = 0;
    this.failure = undefined;
    if (this.#lost) {
      this.#lost = false;
      this.onRestored();
    }
    this.giveBack(connection);
  }

  #onLost(connection: Connection, cause: unknown): void {
    this.#all.delete(connection);
    const place = this.#idle.findIndex((entry) => entry.connection === connection);
    if (place !== -1) this.#idle.splice(place, 1);
    this.#lost = true;
    this.failure = cause;
    this.#ensure(this.#options.min);
    this.onLost();
  }

  #heard(connection: Connection): number {
    return this.#all.get(connection) ?? -Infinity;
  }

  /** Doubles with each failure; at random between half and whole, so that processes do not march in step. */
  #backoff(): number {
    const longest = Math.min(SHORTEST_BACKOFF * 2 ** this.#failures, LONGEST_BACKOFF);
    return (longest * (1 + Math.random())) / 2;
  }

  #closeIdle(): void {
    const oldest = this.#options.clock.now() - IDLE_LIFETIME;
    while (this.#all.size > this.#options.min) {
      const first = this.#idle[0];
      if (first === undefined || first.since > oldest) break;
      this.#idle.shift();
      this.#all.delete(first.connection);
      first.connection.close();
    }
    const next = this.#idle[0];
    if (this.#all.size > this.#options.min && next !== undefined) {
      this.#options.agenda.schedule(this.#sweep, next.since + IDLE_LIFETIME);
    }
  }
}
