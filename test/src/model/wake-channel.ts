import type { Grant } from '../../../packages/core/dist/store/port.js';

/** What comes on a wake channel, in this order. */
export type Message =
  | { readonly kind: 'acknowledged' | 'moved' }
  | { readonly kind: 'grant'; readonly grant: Grant };

/** One connection on which a locker is told of its grants. Its number rises with each new one. */
export class WakeChannel {
  readonly lockerId: string;
  readonly number: number;
  /** The subscription is on its way to the server. */
  subscribing = true;
  readonly messages: Message[] = [];

  constructor(lockerId: string, number: number) {
    this.lockerId = lockerId;
    this.number = number;
  }
}
