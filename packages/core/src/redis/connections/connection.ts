import { connectionTopic } from '../../diagnostics.js';
import { type Agenda, Appointment } from '../../runtime/agenda.js';
import type { Clock } from '../../runtime/clock.js';
import { neutrally } from '../../runtime/neutral.js';
import { HoldfastError, RedisRefusedError, RedisUnreachableError } from '../../errors.js';
import { Silence } from '../silence.js';
import { codeOf } from '../refusal.js';
import type { ConnectionSource, NodeRedisClient, ServerFacts } from './client.js';

export type Purpose = 'commands' | 'wake' | 'sentinel';

/** To be accepted, to greet and to be checked: all that takes rounds of the event loop. */
const LOOKS_WHILE_OPENING = 12;

/** A channel, and who is told what comes on it. */
export interface Audible {
  readonly name: string;
  readonly hear: (message: string) => void;
}

export interface Timing {
  readonly clock: Clock;
  readonly agenda: Agenda;
}

/**
 * One connection with one life: it opens, serves, and is lost or closed for good. Whoever needs it
 * opens another. node-redis's own reconnecting is switched off: a command that may have run must be
 * judged by the engine, and a connection that hangs must be given up, not waited for.
 */
export class Connection {
  /** Called once when the connection is lost; not when it is closed. */
  onLost: (cause: unknown) => void = () => {};
  /** Called when the server does not serve a channel any more, which it had acknowledged. */
  onMoved: (channel: string) => void = () => this.lose(new Error('its channel has moved'));
  readonly #client: NodeRedisClient;
  readonly #source: ConnectionSource;
  readonly #purpose: Purpose;
  readonly #timing: Timing;
  #state: 'opening' | 'open' | 'over' = 'opening';
  /**
   * Whether the connection was accepted, or refused. Before that node-redis only seems to destroy a
   * client: its socket is opened all the same, and stays.
   */
  #decided = false;
  #cause: unknown;
  #facts: ServerFacts | undefined;
  /** Ends what has to be done before the connection may be used. */
  #giveUp: ((reason: Error) => void) | undefined;

  constructor(source: ConnectionSource, purpose: Purpose, timing: Timing) {
    this.#source = source;
    this.#purpose = purpose;
    this.#timing = timing;
    this.#client = source.create();
    source.guests?.add(this);
    this.#client.on('connect', () => this.#onDecided());
    this.#client.on('error', (error) => this.lose(error));
    this.#client.on('end', () => this.lose(undefined));
    this.#client.on('sharded-channel-moved', (channel) => this.onMoved(channel));
    // Whether the process stays alive is for the engine to say.
    this.#client.unref();
  }

  /**
   * Opens it, once.
   *
   * @throws {RedisUnreachableError} if the server does not answer in time.
   * @throws {RedisRefusedError} if it answers with an error, such as a wrong password.
   * @throws {RedisUnsupportedError} if it cannot serve locks.
   */
  async connect(): Promise<void> {
    await this.#inTime(async () => {
      await this.#reach();
      this.#facts = await this.#source.check(this);
    });
    // Also when it was closed in the turn in which it came to stand.
    if (this.#state === 'over') {
      throw new RedisUnreachableError(this.#source.address, 'cannot be reached', this.#cause);
    }
    this.#state = 'open';
    if (connectionTopic.heard) this.#publish('open', undefined);
  }

  /** Where it leads; never contains a password. */
  get address(): string {
    return this.#source.address;
  }

  get open(): boolean {
    return this.#state === 'open';
  }

  /** What the server said of itself; undefined: the connection never stood. */
  get facts(): ServerFacts | undefined {
    return this.#facts;
  }

  /** Rejects with what node-redis reports: an error reply if the connection is still open. */
  command(args: string[]): Promise<unknown> {
    return this.#client.sendCommand(args);
  }

  /** What else has to be done before it is used; see `connect` for what is thrown. */
  prepare(work: () => Promise<unknown>): Promise<void> {
    return this.#inTime(work);
  }

  /** Resolves when the server has acknowledged the subscription; see `connect` for what is thrown. */
  subscribe(channel: string, listener: (message: string) => void): Promise<void> {
    return this.subscribeAll([{ name: channel, hear: listener }]);
  }

  /** The same for several channels, and the reverse for others. One call at a time. */
  subscribeAll(channels: readonly Audible[], leaving: readonly string[] = []): Promise<void> {
    return this.#inTime(() =>
      Promise.all([
        ...channels.map(({ name, hear }) => this.#client.sSubscribe(name, hear)),
        ...leaving.map((name) => this.#client.sUnsubscribe(name)),
      ]),
    );
  }

  /** The same for a channel that is not of a shard. */
  hear({ name, hear }: Audible): Promise<void> {
    return this.#inTime(() => this.#client.subscribe(name, hear));
  }

  /** The connection does not serve any more: whoever waits for a reply is told. */
  lose(cause: unknown): void {
    if (this.#state === 'over') return;
    const wasOpen = this.#state === 'open';
    this.#cause = cause;
    this.close();
    if (!wasOpen) return;
    if (connectionTopic.heard) this.#publish('lost', cause);
    this.onLost(cause);
  }

  /** Also while it opens or subscribes: that ends at once, with an error. */
  close(): void {
    this.#state = 'over';
    this.#source.guests?.delete(this);
    this.#giveUp?.(new Error('the connection was closed'));
    if (this.#decided) this.#destroy();
  }

  async #reach(): Promise<void> {
    try {
      await neutrally(() => this.#client.connect());
    } catch (error) {
      this.#onDecided();
      throw error;
    }
  }

  #onDecided(): void {
    this.#decided = true;
    if (this.#state === 'over') this.#destroy();
  }

  #destroy(): void {
    try {
      this.#client.destroy();
    } catch {
      // Some versions throw when there is nothing left to close.
    }
  }

  /** Does one thing before the connection may be used; if it fails, the connection is closed. */
  async #inTime(work: () => Promise<unknown>): Promise<void> {
    const { address, connectTimeout } = this.#source;
    const { clock, agenda } = this.#timing;
    const silence = new Silence(clock.now(), connectTimeout, LOOKS_WHILE_OPENING);
    const watch = new Appointment(() => {
      if (!silence.over(clock.now())) agenda.schedule(watch, silence.due);
      else this.#giveUp?.(tooSlow(address, connectTimeout));
    });
    const givenUp = new Promise<never>((_, reject) => {
      this.#giveUp = reject;
    });
    agenda.schedule(watch, silence.due);
    try {
      await Promise.race([work(), givenUp]);
      if (this.#state === 'over') throw new Error('the connection was lost');
    } catch (error) {
      const cause = this.#cause ?? error;
      this.close();
      if (cause instanceof HoldfastError) throw cause;
      if (cause instanceof Error && codeOf(cause.message) !== undefined) {
        throw new RedisRefusedError(address, cause);
      }
      throw new RedisUnreachableError(address, 'cannot be reached', cause);
    } finally {
      this.#giveUp = undefined;
      agenda.cancel(watch);
    }
  }

  #publish(state: 'open' | 'lost', cause: unknown): void {
    const { address } = this.#source;
    connectionTopic.publish({ address, state, purpose: this.#purpose, cause });
  }
}

function tooSlow(address: string, connectTimeout: number): RedisUnreachableError {
  return new RedisUnreachableError(address, `gave no answer within ${connectTimeout} ms`);
}
