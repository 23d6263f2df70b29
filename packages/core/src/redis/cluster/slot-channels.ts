import { realTime } from '../../runtime/real-time.js';
import type { GrantChannel, StoreListener } from '../../store/port.js';
import { Appointment } from '../../runtime/agenda.js';
import { type ChannelWays, IN_USE, SlotChannel } from './slot-channel.js';

type Ways = Omit<
  ChannelWays,
  'isClosed' | 'isAhead' | 'granted' | 'revoked' | 'restored' | 'stands'
>;

/** The channels of one locker: one for each slot that it was ever asked about. */
export class SlotChannels {
  readonly #listener: StoreListener;
  readonly #ways: ChannelWays;
  readonly #all = new Map<number, SlotChannel>();
  /** Those on which grants may have been missed, and of which nobody was told yet. */
  #restored = new Set<GrantChannel>();
  readonly #sweep = new Appointment(() => this.#onSweep());
  #isAhead = false;
  #closed = false;

  constructor(listener: StoreListener, ways: Ways) {
    const isClosed = (): boolean => this.#closed;
    const isAhead = (): boolean => this.#isAhead;
    this.#listener = listener;
    this.#ways = {
      ...ways,
      get isClosed() {
        return isClosed();
      },
      get isAhead() {
        return isAhead();
      },
      granted: (grant) => listener.granted(grant),
      revoked: (revocation) => listener.revoked(revocation),
      restored: (channel) => this.#tell(channel),
      stands: () => this.#sweepLater(),
    };
  }

  of(slot: number): SlotChannel {
    let channel = this.#all.get(slot);
    if (channel === undefined) {
      channel = new SlotChannel(slot, this.#ways);
      this.#all.set(slot, channel);
      if (this.#isAhead) channel.listenAhead();
    }
    return channel;
  }

  /** Whether somebody waits on any of them. */
  get areInUse(): boolean {
    for (const channel of this.#all.values()) if (channel.isInUse) return true;
    return false;
  }

  /** From now on each is listened on as soon as a lock there is asked for, and as long as this lasts. */
  listenAhead(): void {
    this.#isAhead = true;
    for (const channel of this.#all.values()) channel.listenAhead();
  }

  /** Makes sure that grants still come, of these slots. */
  probe(concerns: (slot: number) => boolean): void {
    for (const [slot, channel] of this.#all) if (concerns(slot)) channel.probeAtOnce();
  }

  /** Grants of these slots may have been missed. */
  askAgain(concerns: (slot: number) => boolean): void {
    for (const [slot, channel] of this.#all) if (concerns(slot)) this.#tell(channel);
  }

  /** Another master serves them. */
  moved(slots: readonly number[]): void {
    for (const slot of slots) this.#all.get(slot)?.moved();
  }

  close(): void {
    this.#closed = true;
    this.#ways.agenda.cancel(this.#sweep);
    for (const channel of this.#all.values()) channel.close();
  }

  #sweepLater(): void {
    if (this.#closed || this.#sweep.scheduled) return;
    const { clock, agenda } = this.#ways;
    agenda.schedule(this.#sweep, clock.now() + IN_USE);
  }

  #onSweep(): void {
    for (const channel of this.#all.values()) {
      channel.rest();
      if (channel.stands) this.#sweepLater();
    }
  }

  /** Many are restored in one turn, and all who wait are looked through for each telling. */
  #tell(channel: GrantChannel): void {
    this.#restored.add(channel);
    if (this.#restored.size > 1) return;
    realTime.nextTick(() => {
      const channels = this.#restored;
      this.#restored = new Set();
      if (!this.#closed) this.#listener.reconnected(channels);
    });
  }
}
