import { RedisUnsupportedError } from '../../errors.js';
import { Appointment } from '../../runtime/agenda.js';
import type { NodeAddress } from '../cluster/node-address.js';
import type { ConnectionSource, ServerFacts } from '../connections/client.js';
import { Connection, type Timing } from '../connections/connection.js';
import { factsOf } from '../connections/server.js';
import { Silence } from '../silence.js';
import type { Vote } from './election.js';

/** One that gives no answer for so long has none, in ms. */
const PATIENCE = 1_000;

/** So often each is asked whom it names, and whom it knows, in ms: pushes can be lost without a word. */
const BEAT = 5_000;

/** Before another try to reach it, in ms; it doubles with each. */
const SHORTEST_PAUSE = 50;
const LONGEST_PAUSE = 2_000;

/** Another sentinel that one knows of. */
export interface Peer {
  readonly id: string;
  readonly address: NodeAddress;
}

export interface SentinelRooms {
  readonly timing: Timing;
  /** Of the master, as sentinels call it. */
  readonly name: string;
  /** It was reached, or has been asked in its time; or it says that there is another master. */
  told(sentinel: Sentinel, named: NodeAddress | undefined, peers: readonly Peer[]): void;
  /** The master has been replaced by this one. */
  replaced(by: NodeAddress): void;
}

/**
 * One sentinel, to which a connection is kept: it is asked on it, and tells by itself when there is
 * another master. With RESP 3 both go on one connection.
 */
export class Sentinel {
  /** Why it cannot be asked, if it cannot. */
  failure: unknown;
  readonly #source: ConnectionSource;
  readonly #rooms: SentinelRooms;
  readonly #beat = new Appointment(() => void this.#look());
  #connection: Connection | undefined;
  /** The try under way to reach it. Never rejects. */
  #coming: Promise<void> | undefined;
  #attempts = 0;
  #closed = false;

  constructor(source: ConnectionSource, rooms: SentinelRooms) {
    this.#source = { ...source, check: (connection) => greetSentinel(connection, source.address) };
    this.#rooms = rooms;
    this.#reach();
  }

  get address(): string {
    return this.#source.address;
  }

  /** Its own; undefined: it cannot be asked. */
  get id(): string | undefined {
    return this.#connection?.facts?.id;
  }

  /** Whom it names now; undefined: it gives no answer. Never rejects. */
  async vote(): Promise<Vote | undefined> {
    await this.#coming;
    const connection = this.#connection;
    if (connection === undefined) return undefined;
    try {
      return { voter: this.id ?? this.address, named: await this.#named(connection) };
    } catch (error) {
      this.failure = error;
      return undefined;
    }
  }

  close(): void {
    this.#closed = true;
    this.#rooms.timing.agenda.cancel(this.#beat);
    this.#connection?.close();
    this.#connection = undefined;
  }

  #reach(): void {
    this.#coming = this.#open().then(
      () => {
        this.#attempts = 0;
        this.failure = undefined;
      },
      (error: unknown) => {
        this.failure = error;
        this.#reachLater();
      },
    );
    void this.#coming.then(() => {
      this.#coming = undefined;
      // What it told while nobody heard it.
      void this.#look();
    });
  }

  #reachLater(): void {
    if (this.#closed) return;
    const pause = Math.min(SHORTEST_PAUSE * 2 ** this.#attempts, LONGEST_PAUSE);
    this.#attempts += 1;
    void this.#rooms.timing.agenda.pause(pause).then(() => {
      if (!this.#closed) this.#reach();
    });
  }

  async #open(): Promise<void> {
    const connection = new Connection(this.#source, 'sentinel', this.#rooms.timing);
    // To be closed while it opens.
    this.#connection = connection;
    try {
      await connection.connect();
      connection.onLost = (cause) => this.#onLost(connection, cause);
      await connection.hear({ name: '+switch-master', hear: (message) => this.#heard(message) });
      await connection.hear({ name: '+sentinel', hear: () => void this.#look() });
      if (!connection.open) throw new Error('the connection was lost');
    } catch (error) {
      this.#connection = undefined;
      throw error;
    }
  }

  #onLost(connection: Connection, cause: unknown): void {
    this.failure = cause;
    // While it subscribes, that fails.
    if (this.#coming !== undefined || this.#connection !== connection) return;
    this.#connection = undefined;
    this.#reachLater();
  }

  /** `<name> <old host> <old port> <new host> <new port>` */
  #heard(message: string): void {
    const [name, , , host, port] = message.split(' ');
    if (name !== this.#rooms.name || host === undefined) return;
    this.#rooms.replaced({ host, port: Number(port) });
  }

  async #look(): Promise<void> {
    const connection = this.#connection;
    if (connection === undefined || this.#closed) return;
    const { timing, name } = this.#rooms;
    timing.agenda.schedule(this.#beat, timing.clock.now() + BEAT);
    try {
      const [named, peers] = await Promise.all([
        this.#named(connection),
        this.#ask(connection, ['SENTINEL', 'SENTINELS', name]),
      ]);
      if (!this.#closed) this.#rooms.told(this, named, peersOf(peers));
    } catch (error) {
      // That it has no master of this name, or that it is gone.
      this.failure = error;
    }
  }

  async #named(connection: Connection): Promise<NodeAddress | undefined> {
    const command = ['SENTINEL', 'GET-MASTER-ADDR-BY-NAME', this.#rooms.name];
    const reply = await this.#ask(connection, command);
    if (!Array.isArray(reply)) return undefined;
    const [host, port] = reply as unknown[];
    return typeof host === 'string' ? { host, port: Number(port) } : undefined;
  }

  #ask(connection: Connection, command: string[]): Promise<unknown> {
    const { clock, agenda } = this.#rooms.timing;
    const silence = new Silence(clock.now(), PATIENCE);
    const watch = new Appointment((now) => {
      if (!silence.over(now)) agenda.schedule(watch, silence.due);
      else connection.lose(new Error(`no answer for ${PATIENCE} ms`));
    });
    agenda.schedule(watch, silence.due);
    return connection.command(command).finally(() => agenda.cancel(watch));
  }
}

async function greetSentinel(
  connection: { command(args: string[]): Promise<unknown> },
  address: string,
): Promise<ServerFacts> {
  const mode = factsOf(await connection.command(['HELLO'])).get('mode');
  if (mode !== 'sentinel') throw new RedisUnsupportedError(address, 'it is no sentinel');
  const id = String(await connection.command(['SENTINEL', 'MYID']));
  return { mode, role: 'master', id };
}

function peersOf(reply: unknown): Peer[] {
  if (!Array.isArray(reply)) return [];
  return reply.flatMap((item: unknown) => {
    const facts = factsOf(item);
    const [id, host, port] = ['runid', 'ip', 'port'].map((fact) => facts.get(fact));
    if (id === undefined || host === undefined) return [];
    return [{ id, address: { host, port: Number(port) } }];
  });
}
