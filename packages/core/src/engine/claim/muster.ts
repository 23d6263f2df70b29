import type { Failure, GrantChannel } from '../../store/port.js';
import type { Context } from '../context.js';
import { pauseAfter } from '../retry.js';

/** One that must not ask yet. */
export interface Gathered {
  readonly key: string;
  /** In the order of the calls. */
  readonly sequence: number;
  /** Its turn has come: it asks. */
  proceed(): void;
  /** One try to open the channel failed, and the next comes in `pause` ms; it may give up. */
  cannotListen(failure: Failure, pause: number): void;
}

/** The musters of one locker: one for each channel on which it may be told of grants. */
export class Musters {
  readonly #context: Context;
  readonly #all = new Map<GrantChannel, Muster>();
  /** Of the last claim: most stores have one channel. */
  #last: Muster | undefined;

  constructor(context: Context) {
    this.#context = context;
  }

  of(key: string): Muster {
    const channel = this.#context.session.channelOf(key);
    if (this.#last?.channel !== channel) this.#last = this.#find(channel);
    return this.#last;
  }

  #find(channel: GrantChannel): Muster {
    let muster = this.#all.get(channel);
    if (muster === undefined) {
      muster = new Muster(this.#context, channel);
      this.#all.set(channel, muster);
    }
    return muster;
  }
}

/**
 * Where claims gather before they may stand in a line: the channel on which they will be told must
 * stand, and whoever called earlier in this process goes first. Requests that were sent before the
 * channel stood are `plain`: their claims come here when they are answered that the lock is busy, and
 * as long as one of them is under way nobody who called later may overtake it.
 */
export class Muster {
  readonly channel: GrantChannel;
  readonly #context: Context;
  readonly #gathered = new Set<Gathered>();
  /** How many of them there are for each lock. */
  readonly #keys = new Map<string, number>();
  #plain = 0;
  #listening = false;
  #attempts = 0;

  constructor(context: Context, channel: GrantChannel) {
    this.#context = context;
    this.channel = channel;
  }

  /** Whether somebody who called earlier for this lock must go first. */
  isBehind(key: string): boolean {
    return this.#gathered.size > 0 && this.#keys.has(key);
  }

  /** Whether a claim that would stand in line may ask now. */
  get open(): boolean {
    return this.channel.number !== 0 && this.#plain === 0 && this.#gathered.size === 0;
  }

  plainSent(): void {
    this.#plain += 1;
  }

  plainOver(): void {
    this.#plain -= 1;
    if (this.#plain === 0 && this.#gathered.size > 0) this.#go();
  }

  gather(one: Gathered): void {
    this.#gathered.add(one);
    this.#keys.set(one.key, (this.#keys.get(one.key) ?? 0) + 1);
    this.#go();
  }

  leave(one: Gathered): void {
    if (!this.#gathered.delete(one)) return;
    const others = (this.#keys.get(one.key) ?? 1) - 1;
    if (others === 0) this.#keys.delete(one.key);
    else this.#keys.set(one.key, others);
  }

  #go(): void {
    if (this.channel.number === 0) this.#listen();
    else if (this.#plain === 0) this.#proceed();
  }

  #proceed(): void {
    const all = [...this.#gathered].toSorted((one, other) => one.sequence - other.sequence);
    this.#gathered.clear();
    this.#keys.clear();
    this.#attempts = 0;
    for (const one of all) one.proceed();
  }

  #listen(): void {
    if (this.#listening) return;
    this.#listening = true;
    this.#attempts += 1;
    void this.channel.listen().then((failure) => this.#onListened(failure));
  }

  async #onListened(failure: Failure | undefined): Promise<void> {
    if (failure !== undefined) {
      const pause = pauseAfter(this.#attempts);
      for (const one of this.#gathered) one.cannotListen(failure, pause);
      if (this.#gathered.size > 0) await this.#context.agenda.pause(pause);
    }
    this.#listening = false;
    if (this.#gathered.size > 0) this.#go();
  }
}
