import { RedisUnreachableError } from '../../errors.js';
import type { Failure, GrantChannel, StoreListener } from '../../store/port.js';
import type { Agenda } from '../../runtime/agenda.js';
import type { Clock } from '../../runtime/clock.js';
import { neutrally } from '../../runtime/neutral.js';
import type { ConnectionSource } from '../connections/client.js';
import type { Connection } from '../connections/connection.js';
import { Opener } from '../connections/opener.js';
import { closed, notConnected } from '../failures.js';
import { parseMessage } from './message.js';
import { Pace } from './pace.js';
import { Probe } from './probe.js';
import { WAKE } from '../script/state.js';
import { RESERVED_PREFIX } from '../../store/protocol.js';

/** The pause before another try to open the channel, in ms; it doubles with each. */
const SHORTEST_PAUSE = 50;
const LONGEST_PAUSE = 1_000;

export interface WakeChannelOptions {
  readonly source: ConnectionSource;
  readonly lockerId: string;
  readonly listener: StoreListener;
  readonly clock: Clock;
  readonly agenda: Agenda;
  /** See {@link ProbeOptions}. */
  publish(channel: string, message: string): Promise<number> | undefined;
}

/** A subscription that the server has acknowledged. */
interface Standing {
  readonly number: number;
  readonly connection: Connection;
  /** On the monotonic clock. */
  readonly since: number;
}

/**
 * The channel on which a server tells this locker that one of its waiters holds a lock. On a
 * connection of its own, opened on the first contended acquire. Once it is lost or in doubt, it is
 * opened anew until it stands.
 *
 * That connection carries the subscription and nothing else: a notice of the server that crosses a
 * command would be taken for its reply.
 */
export class WakeChannel implements GrantChannel {
  readonly #options: WakeChannelOptions;
  readonly #name: string;
  readonly #opener: Opener;
  readonly #pace = new Pace();
  readonly #probe: Probe;
  #standing: Standing | undefined;
  /** How many subscriptions there were. */
  #count = 0;
  /** Channels up to this one are not good enough. */
  #doubted = 0;
  #opening: Promise<Failure | undefined> | undefined;
  #restoring = false;
  #closed = false;

  constructor(options: WakeChannelOptions) {
    const { source, clock, agenda } = options;
    this.#options = options;
    this.#opener = new Opener(source, 'wake', options);
    this.#name = RESERVED_PREFIX + WAKE + options.lockerId;
    this.#probe = new Probe({
      clock,
      agenda,
      channel: () => this.number,
      publish: (message) => options.publish(this.#name, message),
      deaf: (channel, certain) => this.doubt(channel, certain),
    });
  }

  /** @inheritDoc GrantChannel.number */
  get number(): number {
    return this.#standing?.number ?? 0;
  }

  /** @inheritDoc GrantChannel.listen */
  listen(): Promise<Failure | undefined> {
    if (this.#closed) return Promise.resolve(closed());
    if (this.#standing !== undefined) return Promise.resolve(undefined);
    return this.#open();
  }

  /** @inheritDoc GrantChannel.doubt */
  doubt(number: number, certain: boolean): void {
    const standing = this.#standing;
    if (this.#closed || standing === undefined || standing.number !== number) return;
    this.#mistrust(standing);
    if (certain) {
      this.#standing = undefined;
      standing.connection.close();
    }
    neutrally(() => void this.#restore());
  }

  /** @inheritDoc GrantChannel.probe */
  probe(): void {
    this.#probe.inTime();
  }

  /** The server may not be that of the commands any more. */
  probeAtOnce(): void {
    this.#probe.atOnce();
  }

  close(): void {
    this.#closed = true;
    const standing = this.#standing;
    this.#standing = undefined;
    this.#probe.close();
    this.#opener.close();
    standing?.connection.close();
  }

  /** One try, for all who want it. */
  #open(): Promise<Failure | undefined> {
    this.#opening ??= neutrally(() => this.#subscribe())
      .then(
        () => undefined,
        (error: unknown) =>
          this.#closed ? closed() : notConnected(this.#options.source.address, error),
      )
      .finally(() => {
        this.#opening = undefined;
      });
    return this.#opening;
  }

  async #subscribe(): Promise<void> {
    const { clock, agenda } = this.#options;
    const delay = this.#pace.delay(clock.now());
    if (delay > 0) await agenda.pause(delay);
    const connection = await this.#opener.open(async (coming) => {
      coming.onLost = () => this.#onLost(coming);
      await coming.subscribe(this.#name, (message) => {
        this.#probe.heard(message);
        this.hear(message);
      });
    });
    if (this.#closed || !connection.open) {
      connection.close();
      throw new RedisUnreachableError(this.#options.source.address, 'closed the connection');
    }
    const former = this.#standing;
    this.#standing = { number: ++this.#count, connection, since: clock.now() };
    former?.connection.close();
  }

  #onLost(connection: Connection): void {
    const standing = this.#standing;
    if (standing?.connection !== connection) return;
    this.#mistrust(standing);
    this.#standing = undefined;
    neutrally(() => void this.#restore());
  }

  #mistrust({ number, since }: Standing): void {
    if (number <= this.#doubted) return;
    this.#doubted = number;
    this.#pace.ended(since, this.#options.clock.now());
  }

  async #restore(): Promise<void> {
    if (this.#restoring) return;
    this.#restoring = true;
    for (let pause = SHORTEST_PAUSE; this.number <= this.#doubted; pause *= 2) {
      if (this.#closed) return;
      // oxlint-disable-next-line no-await-in-loop -- one try after the other
      const failure = await this.#open();
      // oxlint-disable-next-line no-await-in-loop
      if (failure !== undefined) await this.#options.agenda.pause(Math.min(pause, LONGEST_PAUSE));
    }
    this.#restoring = false;
    if (!this.#closed) this.#options.listener.reconnected();
  }

  /** What is said of this locker's grants, on the channel or otherwise. Anything else is ignored. */
  hear(message: string): void {
    const { lockerId, listener } = this.#options;
    const told = parseMessage(message, lockerId);
    if (told?.kind === 'granted') listener.granted(told.grant);
    else if (told !== undefined) listener.revoked(told.revocation);
  }
}
