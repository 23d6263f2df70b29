import type { Failure, Grant } from '../../../packages/core/dist/store/port.js';
import type { Subscriptions } from './subscriptions.js';
import { WakeChannel } from './wake-channel.js';

/** Who is told what comes on the channels. */
interface Listener {
  granted(grant: Grant): void;
  reconnected(): void;
}

/**
 * One locker's wake channels: the one that stands, and the one that is to take its place. Nothing on
 * them moves by itself.
 */
export class WakeChannels {
  /** One of its channels was lost, or it may not be where operations go. */
  everBroke = false;
  readonly #lockerId: string;
  readonly #listener: Listener;
  #subscriptions: Subscriptions;
  #standing: WakeChannel | undefined;
  #coming: WakeChannel | undefined;
  #last = 0;
  /** Who waits for one to stand. */
  #onceOver: ((failure: Failure | undefined) => void)[] = [];
  /** When the next one stands, the locker must hear that grants may have been missed. */
  #mustTell = false;

  constructor(lockerId: string, listener: Listener, subscriptions: Subscriptions) {
    this.#lockerId = lockerId;
    this.#listener = listener;
    this.#subscriptions = subscriptions;
  }

  get standing(): WakeChannel | undefined {
    return this.#standing;
  }

  /** Whether grants come through. */
  get works(): boolean {
    return this.#standing !== undefined && this.#subscriptions.reaches(this.#standing);
  }

  /** Those that live. */
  get all(): WakeChannel[] {
    return [this.#standing, this.#coming].filter((channel) => channel !== undefined);
  }

  listen(): Promise<Failure | undefined> {
    if (this.#standing !== undefined) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      this.#onceOver.push(resolve);
      this.#open();
    });
  }

  doubt(number: number, certain: boolean): void {
    if (this.#standing?.number !== number) return;
    if (certain) this.#drop(this.#standing);
    this.#mustTell = true;
    this.#open();
  }

  /** The server takes note of the subscription. */
  subscribe(number: number): void {
    const channel = this.find(number);
    channel.subscribing = false;
    channel.messages.push({ kind: 'acknowledged' });
    this.#subscriptions.add(channel);
  }

  /** The next message arrives. */
  hear(number: number): void {
    const channel = this.find(number);
    const message = channel.messages.shift();
    if (message?.kind === 'moved') this.#moved(channel);
    else if (message?.kind === 'grant') this.#listener.granted(message.grant);
    else this.#stands();
  }

  /** The channel breaks: what was on it is lost, and the locker opens another if it needs one. */
  break(number: number, failure: Failure): void {
    const channel = this.find(number);
    this.everBroke = true;
    if (channel === this.#standing) this.#mustTell = true;
    this.#drop(channel);
    if (channel.number === this.#last) this.#over(failure);
    if (this.#mustTell) this.#open();
  }

  /** They break, and are opened at another server. */
  turnTo(subscriptions: Subscriptions, failure: Failure): void {
    const channels = this.all;
    for (const channel of channels) this.#drop(channel);
    this.#subscriptions = subscriptions;
    if (channels.length === 0) return;
    this.#mustTell = true;
    this.#over(failure);
    this.#open();
  }

  /** The server does not serve it any more. */
  #moved(channel: WakeChannel): void {
    this.#mustTell = true;
    this.#drop(channel);
    this.#open();
  }

  /** The server loses the channel that stands; `known` to the server or not, never to the locker. */
  deafen(known: boolean): void {
    const channel = this.#standing as WakeChannel;
    this.everBroke = true;
    channel.messages.length = 0;
    if (known) this.#subscriptions.remove(channel);
    else this.#subscriptions.deafen(channel);
  }

  /** The locker is closed, or its process gone: there will be no others. */
  close(): void {
    for (const channel of this.all) this.#drop(channel);
  }

  find(number: number): WakeChannel {
    return this.all.find((channel) => channel.number === number) as WakeChannel;
  }

  #stands(): void {
    const former = this.#standing;
    this.#standing = this.#coming;
    this.#coming = undefined;
    if (former !== undefined) this.#drop(former);
    this.#over(undefined);
    if (!this.#mustTell) return;
    this.#mustTell = false;
    this.#listener.reconnected();
  }

  #open(): void {
    if (this.#coming !== undefined) return;
    this.#last += 1;
    this.#coming = new WakeChannel(this.#lockerId, this.#last);
  }

  #drop(channel: WakeChannel): void {
    channel.messages.length = 0;
    this.#subscriptions.leave(channel);
    if (channel === this.#standing) this.#standing = undefined;
    if (channel === this.#coming) this.#coming = undefined;
  }

  #over(failure: Failure | undefined): void {
    const resolves = this.#onceOver;
    this.#onceOver = [];
    for (const resolve of resolves) resolve(failure);
  }
}
