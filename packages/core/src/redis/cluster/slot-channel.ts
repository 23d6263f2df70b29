import { RedisUnreachableError } from '../../errors.js';
import type { Agenda } from '../../runtime/agenda.js';
import type { Clock } from '../../runtime/clock.js';
import { neutrally } from '../../runtime/neutral.js';
import type { Failure, Grant, GrantChannel, Revocation } from '../../store/port.js';
import { FALLBACK_INTERVAL } from '../../store/protocol.js';
import { wakeChannelOf } from '../commit/batch.js';
import type { Connection } from '../connections/connection.js';
import { closed, notConnected } from '../failures.js';
import { parseMessage } from '../wake/message.js';
import { Probe } from '../wake/probe.js';
import type { NodeWake, SlotAudience } from './node-wake.js';
import { tagOf } from './tag.js';

/** The pause before another try to listen, in ms; it doubles with each. */
const SHORTEST_PAUSE = 50;
const LONGEST_PAUSE = 250;

/** Who waits looks at the channel so often at least. After twice that time nobody waits any more, in ms. */
export const IN_USE: number = 2 * FALLBACK_INTERVAL;

/** What the channel of a slot needs of the session that it belongs to. */
export interface ChannelWays {
  readonly address: string;
  readonly lockerId: string;
  readonly clock: Clock;
  readonly agenda: Agenda;
  readonly isClosed: boolean;
  /** Where the slot is served; undefined: nowhere, as far as is known. */
  wakeOf(slot: number): NodeWake | undefined;
  /** See `ProbeOptions`. */
  publish(slot: number, channel: string, message: string): Promise<number> | undefined;
  /** Resolves when the cluster was asked anew who serves what, or that did not succeed. */
  refreshed(): Promise<void>;
  /** Somebody waits. */
  used(): void;
  /** A subscription was refused. */
  refused(error: unknown): void;
  granted(grant: Grant): void;
  revoked(revocation: Revocation): void;
  /** Whether it is listened on also where nobody waits. */
  readonly isAhead: boolean;
  /** A channel stands: it is to be looked at when nobody waits any more. */
  stands(): void;
  /** Grants may have been missed on it. */
  restored(channel: GrantChannel): void;
}

/** A subscription that the master has acknowledged. */
interface Standing {
  readonly number: number;
  readonly wake: NodeWake;
  readonly connection: Connection;
}

/**
 * The channel on which the master of one slot tells this locker of grants of its locks. It is opened
 * where it is first waited for; lost or in doubt, or when the slot has gone to another master, it is
 * opened anew as long as somebody waits.
 */
export class SlotChannel implements GrantChannel, SlotAudience {
  readonly #slot: number;
  readonly #ways: ChannelWays;
  readonly #probe: Probe;
  #standing: Standing | undefined;
  /** How many subscriptions there were. */
  #count = 0;
  #opening: Promise<Failure | undefined> | undefined;
  #isRestoring = false;
  #usedAt = -Infinity;

  constructor(slot: number, ways: ChannelWays) {
    const { clock, agenda } = ways;
    this.#slot = slot;
    this.#ways = ways;
    this.#probe = new Probe({
      clock,
      agenda,
      channel: () => this.#number,
      publish: (message) => this.#publish(message),
      deaf: (number, certain) => this.doubt(number, certain),
    });
  }

  /** @inheritDoc GrantChannel.number */
  get number(): number {
    // Who looks at it may stand in a line because of it.
    if (this.#standing !== undefined) this.#usedAt = this.#ways.clock.now();
    return this.#number;
  }

  get stands(): boolean {
    return this.#standing !== undefined;
  }

  get #number(): number {
    return this.#standing?.number ?? 0;
  }

  /** Whether somebody waits on it, as far as is known. */
  get isInUse(): boolean {
    return this.#ways.isAhead || this.#ways.clock.now() - this.#usedAt < IN_USE;
  }

  /** @inheritDoc GrantChannel.listen */
  listen(): Promise<Failure | undefined> {
    this.#use();
    if (this.#ways.isClosed) return Promise.resolve(closed());
    if (this.#standing !== undefined) return Promise.resolve(undefined);
    return this.#open();
  }

  /** Listens also where nobody waits: who does not succeed at first tries on. */
  listenAhead(): void {
    neutrally(() => void this.#listenAhead());
  }

  /** @inheritDoc GrantChannel.doubt */
  doubt(number: number, certain: boolean): void {
    const standing = this.#standing;
    if (standing === undefined || standing.number !== number) return;
    this.#use();
    standing.wake.mistrust(standing.connection, certain);
    // Also when the connection does not know of this channel any more.
    if (certain) this.lost(standing.connection);
  }

  /** @inheritDoc GrantChannel.probe */
  probe(): void {
    this.#use();
    this.#probe.inTime();
  }

  /** The master may not be that of the commands any more. */
  probeAtOnce(): void {
    if (this.isInUse) this.#probe.atOnce();
  }

  /** Another master may serve the slot. */
  moved(): void {
    const standing = this.#standing;
    if (standing === undefined || standing.wake === this.#ways.wakeOf(this.#slot)) return;
    this.lost(standing.connection);
  }

  /** Ends the subscription, if nobody waits. */
  rest(): void {
    const standing = this.#standing;
    if (standing === undefined || this.isInUse) return;
    this.#standing = undefined;
    standing.wake.leave(this);
  }

  nameAt(node: string): string {
    return wakeChannelOf({ tag: tagOf(this.#slot), node }, this.#ways.lockerId);
  }

  /** It does not stand on this connection any more. */
  lost(connection: Connection): void {
    if (this.#standing?.connection !== connection) return;
    this.#standing = undefined;
    if (this.isInUse && !this.#ways.isClosed) neutrally(() => void this.#restore());
  }

  /** It stands on another connection of the same master. */
  replaced(former: Connection, by: Connection): void {
    const standing = this.#standing;
    if (standing?.connection !== former) return;
    this.#standing = { ...standing, number: ++this.#count, connection: by };
    if (!this.#ways.isClosed) this.#ways.restored(this);
  }

  /** Anything but what concerns a grant to this locker, and our own echo, is ignored. */
  readonly hear = (message: string): void => {
    this.#probe.heard(message);
    const told = parseMessage(message, this.#ways.lockerId);
    if (told?.kind === 'granted') this.#ways.granted(told.grant);
    else if (told !== undefined) this.#ways.revoked(told.revocation);
  };

  close(): void {
    this.#standing = undefined;
    this.#probe.close();
  }

  #publish(message: string): Promise<number> | undefined {
    const node = this.#standing?.connection.facts?.id;
    return node === undefined
      ? undefined
      : this.#ways.publish(this.#slot, this.nameAt(node), message);
  }

  #use(): void {
    this.#usedAt = this.#ways.clock.now();
    this.#ways.used();
  }

  /** One try, for all who want it. */
  #open(): Promise<Failure | undefined> {
    this.#opening ??= neutrally(() => this.#subscribe())
      .then(
        () => undefined,
        (error: unknown) => {
          if (this.#ways.isClosed) return closed();
          this.#ways.refused(error);
          return notConnected(this.#ways.address, error);
        },
      )
      .finally(() => {
        this.#opening = undefined;
      });
    return this.#opening;
  }

  async #subscribe(): Promise<void> {
    const { address } = this.#ways;
    const wake = this.#ways.wakeOf(this.#slot);
    if (wake === undefined) {
      throw new RedisUnreachableError(address, `has no master for slot ${this.#slot}`);
    }
    const connection = await wake.subscribe(this);
    if (this.#ways.isClosed || !connection.open || this.#ways.wakeOf(this.#slot) !== wake) {
      throw new RedisUnreachableError(address, 'has moved the slot, or closed the connection');
    }
    this.#standing = { number: ++this.#count, wake, connection };
    this.#ways.stands();
  }

  async #listenAhead(): Promise<void> {
    if ((await this.listen()) !== undefined && !this.#ways.isClosed) await this.#restore();
  }

  async #restore(): Promise<void> {
    if (this.#isRestoring) return;
    this.#isRestoring = true;
    // It was lost because something has changed, mostly.
    await this.#ways.refreshed();
    for (let pause = SHORTEST_PAUSE; this.#number === 0; pause *= 2) {
      if (this.#ways.isClosed || !this.isInUse) break;
      // oxlint-disable-next-line no-await-in-loop -- one try after the other
      const failure = await this.#open();
      // oxlint-disable-next-line no-await-in-loop
      if (failure !== undefined) await this.#ways.agenda.pause(Math.min(pause, LONGEST_PAUSE));
    }
    this.#isRestoring = false;
    if (this.#number !== 0) this.#ways.restored(this);
  }
}
