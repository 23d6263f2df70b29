import { LONGEST_TTL } from '../../store/protocol.js';
import type { Holder, RenewOperation, Room } from '../../store/port.js';
import type { Context } from '../context.js';
import type { LostReason } from '../../loss.js';
import { Renew } from '../operations.js';
import { type Answer, persist, type Persistent } from '../retry.js';
import { reasonBy } from './loss.js';

/** Whose grant is in doubt. */
interface Doubted {
  readonly key: string;
  readonly token: string;
  readonly fencingToken: number;
  readonly room: Room | undefined;
  lose(reason: LostReason, holder: Holder | undefined): void;
}

/**
 * Asks the store whether a grant still stands of which somebody said that it is over. Only
 * the store's own answer ends belief; without one, the lock is held until its deadline, as ever.
 *
 * The question is a renewal that moves nothing: for the time that the lease has left. One at a time,
 * however often somebody says so.
 */
export class Verification implements Persistent<RenewOperation> {
  readonly #context: Context;
  readonly #doubted: Doubted;
  #state: 'idle' | 'asking' | 'asking, and once more' = 'idle';
  #end = 0;
  #forced = false;
  /** See `over`. */
  #over: Promise<void> | undefined;
  #onceOver: (() => void) | undefined;

  constructor(context: Context, doubted: Doubted) {
    this.#context = context;
    this.#doubted = doubted;
  }

  /** The end of what is asked now; undefined: nothing is. Only made for who asks. Never rejects. */
  get over(): Promise<void> | undefined {
    if (this.#state === 'idle') return undefined;
    this.#over ??= new Promise((resolve) => {
      this.#onceOver = resolve;
    });
    return this.#over;
  }

  /** `end`: when the lease ends, on the monotonic clock. `forced`: somebody took it, as was said. */
  begin(end: number, forced: boolean): void {
    this.#end = end;
    this.#forced ||= forced;
    if (this.#state === 'idle') this.#ask();
    // The question that is under way may have come before what was said.
    else this.#state = 'asking, and once more';
  }

  answered({ outcome }: Answer<RenewOperation>): void {
    if (outcome.kind === 'lost') {
      const { holder } = outcome;
      this.#doubted.lose(this.#forced ? 'forced' : reasonBy(holder), holder);
    } else if (this.#state === 'asking, and once more') {
      this.#ask();
      return;
    }
    this.#rest();
  }

  failed(): void {
    this.#rest();
  }

  #rest(): void {
    this.#state = 'idle';
    this.#onceOver?.();
    this.#over = undefined;
  }

  #ask(): void {
    this.#state = 'asking';
    const { key, token, fencingToken, room } = this.#doubted;
    const left = Math.ceil(this.#end - this.#context.clock.now());
    const ttl = Math.min(Math.max(left, 1), LONGEST_TTL);
    // What somebody says to be over is not reclaimed.
    const renew = new Renew(key, token, fencingToken, ttl, room, undefined);
    persist(this.#context, renew, { urgency: 'keeping', until: this.#end }, this);
  }
}
