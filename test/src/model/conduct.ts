import type { Operation } from '../../../packages/core/dist/store/port.js';
import type { Request } from './session.js';

/** Operations on one token do not overlap, except those that end what nobody believes in. */
const ENDS: ReadonlySet<Operation['kind']> = new Set<Operation['kind']>(['cancel', 'release']);

/** Operations on one token that one moment can explain, in all that a shape lets go wrong. */
const MOST_AT_ONCE = 8;

/** How a locker behaves: what it asks, and what it makes of the answers. */
export class Conduct {
  /** The first law that the locker broke. */
  broken: string | undefined;
  readonly #now: () => number;
  /** How often each token was asked about at the last moment. */
  readonly #asked = new Map<string, { readonly at: number; readonly times: number }>();
  /** Tokens of locks that were handed over here. */
  readonly #handedOver = new Set<string>();
  /** Tokens that have stood in a line, and the channel that stood when one had lost its place. */
  readonly #stood = new Set<string>();
  #lostPlaceAt = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  handsOver(token: string): void {
    this.#handedOver.add(token);
  }

  asks(operation: Operation, underWay: readonly Request[]): void {
    if (!('token' in operation)) return;
    const { kind, token } = operation;
    for (const { operation: other, awaited } of underWay) {
      if (!awaited || !('token' in other) || other.token !== token) continue;
      const harmless = ENDS.has(kind) && ENDS.has(other.kind);
      // Who adopts a lock does not know what was under way when it was handed over.
      if (!harmless && !this.#handedOver.has(token)) {
        this.broken ??= `${kind} and ${other.kind} of ${token} overlap`;
      }
    }
    const now = this.#now();
    const last = this.#asked.get(token);
    const times = last?.at === now ? last.times + 1 : 1;
    this.#asked.set(token, { at: now, times });
    if (times > MOST_AT_ONCE) {
      this.broken ??= `${token} is asked for again and again, and time stands still`;
    }
  }

  /** `channel`: the number of the wake channel that stands. */
  answered({ operation, outcome }: Request, channel: number): void {
    if (operation.kind !== 'acquire' || outcome?.kind !== 'waiting') return;
    if (outcome.enqueued && this.#stood.has(operation.token)) this.#lostPlaceAt = channel;
    this.#stood.add(operation.token);
  }

  /** Whether a waiter had lost its place while this wake channel stood. */
  lostPlaceAt(channel: number): boolean {
    return channel !== 0 && channel === this.#lostPlaceAt;
  }
}
