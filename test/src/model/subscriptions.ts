import type { Grant } from '../../../packages/core/dist/store/port.js';
import { lockerIdOf } from '../../../packages/core/dist/store/protocol.js';
import type { WakeChannel } from './wake-channel.js';

interface Subscription {
  readonly channel: WakeChannel;
  /** The server at which it stands. */
  readonly at: number;
  /**
   * `deaf`: nothing that is published gets through, and neither side knows. `ghost`: the other end
   * is gone, and the server has not noticed. Both still count as receivers.
   */
  state: 'standing' | 'deaf' | 'ghost';
}

/**
 * What master and replica know of the wake channels. Only the master is asked for locks; what is
 * published there is copied to the replica, and comes to those who listen there. In a cluster there are two
 * such pairs: the slot is with one of them.
 */
export class Subscriptions {
  #master = 0;
  readonly #all = new Map<WakeChannel, Subscription>();

  /** The server takes note of the subscription. */
  add(channel: WakeChannel): void {
    this.#all.set(channel, { channel, at: this.#master, state: 'standing' });
  }

  /** `owner`: of the masters of a cluster; else the one that serves. */
  listens(lockerId: string, owner?: 0 | 1): boolean {
    const master = this.#masterOf(owner);
    for (const { channel, at } of this.#all.values()) {
      if (at === master && channel.lockerId === lockerId) return true;
    }
    return false;
  }

  publish(grant: Grant, owner?: 0 | 1): void {
    const lockerId = lockerIdOf(grant.token);
    const master = this.#masterOf(owner);
    for (const { channel, at, state } of this.#all.values()) {
      // At the master itself, or at its replica.
      if (at >> 1 !== master >> 1) continue;
      if (channel.lockerId === lockerId && state === 'standing')
        channel.messages.push({ kind: 'grant', grant });
    }
  }

  deafen(channel: WakeChannel): void {
    this.#mark(channel, 'deaf');
  }

  /** The other end is gone. */
  leave(channel: WakeChannel): void {
    this.#mark(channel, 'ghost');
  }

  /** The server knows that nobody is there any more. */
  remove(channel: WakeChannel): void {
    this.#all.delete(channel);
  }

  /** Whether the server can reach the locker on it. */
  reaches(channel: WakeChannel): boolean {
    const subscription = this.#all.get(channel);
    return subscription?.state === 'standing' && subscription.at === this.#master;
  }

  /** Whether one of the locker's is a ghost. */
  haunts(lockerId: string): boolean {
    return this.#ghosts(lockerId).length > 0;
  }

  /** The server notices that nobody is at the other end of one of them. */
  notice(lockerId: string): void {
    for (const channel of this.#ghosts(lockerId).slice(0, 1)) this.remove(channel);
  }

  /** The replica becomes master, and the master its replica; everybody stays connected. */
  failOver(): void {
    this.#master ^= 1;
  }

  /** The slot is at this one of the masters now. `tells`: those who listen at the former one hear of that. */
  move(owner: 0 | 1, tells: boolean): void {
    const former = this.#master;
    this.#master = this.#masterOf(owner);
    for (const { channel, at, state } of this.#all.values()) {
      if (!tells || at !== former) continue;
      this.#all.delete(channel);
      if (state === 'standing') channel.messages.push({ kind: 'moved' });
    }
  }

  /** `without`: these lockers. */
  state(without: ReadonlySet<string>): string {
    const texts = [...this.#all.values()].flatMap(({ channel: { lockerId, number }, at, state }) =>
      without.has(lockerId) ? [] : [`${lockerId}${number}@${at}${state}`],
    );
    return `${this.#master};${texts.toSorted().join()}`;
  }

  #masterOf(owner: 0 | 1 | undefined): number {
    return owner === undefined || owner === this.#master >> 1 ? this.#master : owner * 2;
  }

  #ghosts(lockerId: string): WakeChannel[] {
    const channels: WakeChannel[] = [];
    for (const { channel, state } of this.#all.values()) {
      if (state === 'ghost' && channel.lockerId === lockerId) channels.push(channel);
    }
    return channels;
  }

  #mark(channel: WakeChannel, state: Subscription['state']): void {
    const subscription = this.#all.get(channel);
    if (subscription !== undefined) subscription.state = state;
  }
}
