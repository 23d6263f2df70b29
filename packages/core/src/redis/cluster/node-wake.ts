import type { ConnectionSource } from '../connections/client.js';
import type { Audible, Connection, Timing } from '../connections/connection.js';
import { Opener } from '../connections/opener.js';
import { Pace } from '../wake/pace.js';

/** Who listens to what is said in one slot. */
export interface SlotAudience {
  /** The channel for it at the master with this id. */
  nameAt(node: string): string;
  readonly hear: (message: string) => void;
  /** The master does not serve it any more on this connection. */
  lost(connection: Connection): void;
  /** The master serves it on another connection; what was said on the former one may not have come. */
  replaced(former: Connection, by: Connection): void;
}

interface Wanted {
  readonly audience: SlotAudience;
  readonly resolve: (connection: Connection) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * The connection on which one master tells this locker of grants, with a channel for each slot that
 * somebody waits in. It carries subscriptions and nothing else, and whatever is in doubt about it has
 * all of it replaced: a notice of the server that crosses a command is taken for its reply. As long as it
 * may deliver, its successor takes over what it has: whoever waits in any slot would be passed over.
 */
export class NodeWake {
  readonly #timing: Timing;
  readonly #opener: Opener;
  readonly #pace = new Pace();
  readonly #audiences = new Map<string, SlotAudience>();
  #connection: Connection | undefined;
  #since = 0;
  #wanted: Wanted[] = [];
  /** Channels that nobody listens on any more. */
  #leaving: string[] = [];
  #isSubscribing = false;
  #mistrusted: Connection | undefined;
  #closed = false;

  constructor(source: ConnectionSource, timing: Timing) {
    this.#timing = timing;
    this.#opener = new Opener(source, 'wake', timing);
  }

  /** Resolves when the master has acknowledged it, with the connection that it stands on. */
  subscribe(audience: SlotAudience): Promise<Connection> {
    return new Promise((resolve, reject) => {
      this.#wanted.push({ audience, resolve, reject });
      if (!this.#isSubscribing) void this.#subscribe();
    });
  }

  /** Nobody waits for what is said to it. The connection ends with the last channel. */
  leave(audience: SlotAudience): void {
    const { name } = this.#channel(audience);
    if (!this.#audiences.delete(name)) return;
    if (this.#audiences.size === 0 && !this.#isSubscribing) {
      this.#connection?.close();
      this.#connection = undefined;
      return;
    }
    this.#leaving.push(name);
    if (!this.#isSubscribing) void this.#subscribe();
  }

  /** Grants do not come on it; or, unless that is `certain`, one did not come in time. */
  mistrust(connection: Connection, certain: boolean): void {
    if (certain) {
      connection.lose(new Error('grants do not come on this connection'));
      return;
    }
    if (connection !== this.#connection) return;
    this.#mistrusted = connection;
    if (!this.#isSubscribing) void this.#subscribe();
  }

  close(): void {
    this.#closed = true;
    this.#opener.close();
    this.#connection?.close();
    this.#audiences.clear();
  }

  /** One go after the other: those that come up meanwhile are in the next one. */
  async #subscribe(): Promise<void> {
    this.#isSubscribing = true;
    while (this.#wanted.length + this.#leaving.length > 0 || this.#isMistrusted) {
      // oxlint-disable-next-line no-await-in-loop
      if (this.#isMistrusted) await this.#replace();
      const all = this.#wanted;
      this.#wanted = [];
      let connection: Connection | undefined;
      try {
        // oxlint-disable-next-line no-await-in-loop
        connection = await this.#stand();
        const channels = all.map(({ audience }) => this.#channel(audience));
        for (const { name, audience } of channels) this.#audiences.set(name, audience);
        // oxlint-disable-next-line no-await-in-loop
        await connection.subscribeAll(channels, this.#left());
        for (const { resolve } of all) resolve(connection);
      } catch (error) {
        for (const { audience } of all) this.#audiences.delete(this.#channel(audience).name);
        // Nothing stands any more that could be left: what failed on a connection has closed it.
        this.#leaving = [];
        if (connection !== undefined) this.#onLost(connection);
        for (const { reject } of all) reject(error);
      }
    }
    this.#isSubscribing = false;
  }

  get #isMistrusted(): boolean {
    return this.#mistrusted !== undefined && this.#mistrusted === this.#connection;
  }

  /** All channels stand on another connection before this one is closed. */
  async #replace(): Promise<void> {
    const former = this.#mistrusted as Connection;
    this.#mistrusted = undefined;
    this.#pace.ended(this.#since, this.#timing.clock.now());
    let coming: Connection | undefined;
    try {
      coming = await this.#open();
      const id = coming.facts?.id;
      const channels = [...this.#audiences.values()].map((one) => this.#channel(one, id));
      await coming.subscribeAll(channels);
      if (this.#closed || !coming.open || this.#connection !== former) throw new Error('too late');
    } catch {
      coming?.close();
      this.mistrust(former, true);
      return;
    }
    this.#take(coming);
    former.close();
    for (const audience of this.#audiences.values()) audience.replaced(former, coming);
  }

  /** Those that somebody listens on again are kept. */
  #left(): string[] {
    const left = this.#leaving.filter((name) => !this.#audiences.has(name));
    this.#leaving = [];
    return left;
  }

  #channel(
    audience: SlotAudience,
    node: string | undefined = this.#connection?.facts?.id,
  ): Audible & { readonly audience: SlotAudience } {
    const name = audience.nameAt(node ?? '');
    return { name, hear: audience.hear, audience };
  }

  async #stand(): Promise<Connection> {
    if (this.#closed) throw new Error('the node is not used any more');
    if (this.#connection !== undefined) return this.#connection;
    const connection = await this.#open();
    this.#take(connection);
    return connection;
  }

  #take(connection: Connection): void {
    this.#connection = connection;
    this.#since = this.#timing.clock.now();
  }

  async #open(): Promise<Connection> {
    const { clock, agenda } = this.#timing;
    const delay = this.#pace.delay(clock.now());
    if (delay > 0) await agenda.pause(delay);
    const connection = await this.#opener.open(async (coming) => {
      coming.onLost = () => this.#onLost(coming);
      coming.onMoved = (name) => this.#onMoved(coming, name);
    });
    if (this.#closed || !connection.open) {
      connection.close();
      throw new Error('the connection was closed');
    }
    return connection;
  }

  /** The slot was moved. While nothing is under way, the notice is certainly about this channel alone. */
  #onMoved(connection: Connection, name: string): void {
    if (this.#isSubscribing) {
      connection.lose(new Error('a channel has moved'));
      return;
    }
    const audience = this.#audiences.get(name);
    this.#audiences.delete(name);
    audience?.lost(connection);
  }

  #onLost(connection: Connection): void {
    if (this.#connection !== connection) return;
    this.#connection = undefined;
    this.#leaving = [];
    this.#pace.ended(this.#since, this.#timing.clock.now());
    const audiences = [...this.#audiences.values()];
    this.#audiences.clear();
    for (const audience of audiences) audience.lost(connection);
  }
}
