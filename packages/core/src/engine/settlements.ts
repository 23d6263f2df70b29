import type { CancelOperation, Outcomes, ReleaseOperation } from '../store/port.js';
import type { Context } from './context.js';
import { Advance } from './operations.js';
import { type Answer, persist, type Persistent } from './retry.js';

/** What takes away all that the server keeps of a claim, or of a grant, that nobody believes in. */
type GivingBack = CancelOperation | ReleaseOperation;

export interface Settling {
  readonly operation: GivingBack;
  /** Nobody here knows how the grant is held: if not alone, this is the operation. */
  readonly amongOthers?: GivingBack | undefined;
  /** After so many ms it has run out by itself. */
  readonly time: number;
  /** What is under way on that token; operations on one token never overlap. */
  readonly after?: Promise<unknown> | undefined;
  /** Asked last: whether the server may know the token at all. */
  readonly needed?: () => boolean;
}

/**
 * Makes certain that the server keeps nothing that nobody believes in: claims that were given up, and
 * leases that were lost or could not be given back. Behind the callers' backs, and never in vain: each
 * is tried until it is answered, or until it has run out by itself.
 */
export class Settlements {
  readonly #context: Context;
  readonly #open = new Map<string, Settlement>();
  readonly #advancing = new Set<string>();

  constructor(context: Context) {
    this.#context = context;
  }

  /** Resolves when the server keeps nothing, or time is up; never rejects. */
  settle(settling: Settling): Promise<void> {
    const { token } = settling.operation;
    const known = this.#open.get(token);
    if (known !== undefined) return known.done;
    const settlement = new Settlement(this.#context, settling, (more) => {
      this.#open.delete(token);
      if (more) this.advance(settling.operation.key);
    });
    this.#open.set(token, settlement);
    return settlement.done;
  }

  /** The server handed a lock to a token; if that is being settled, it is settled once more. */
  pushed(token: string): boolean {
    const settlement = this.#open.get(token);
    settlement?.again();
    return settlement !== undefined;
  }

  /** One step was not enough to find out who is next in a line: takes the next ones. */
  advance(key: string): void {
    if (this.#advancing.has(key)) return;
    this.#advancing.add(key);
    const { clock, commandTimeout } = this.#context;
    const over = (more: boolean): void => {
      this.#advancing.delete(key);
      if (more) this.advance(key);
    };
    const until = clock.now() + commandTimeout;
    persist(
      this.#context,
      new Advance(key),
      { urgency: 'giving back', until },
      {
        answered: ({ outcome }) => over(outcome.more),
        // Whoever waits there asks again, too.
        failed: () => over(false),
      },
    );
  }

  /** Resolves when all that is open now is settled. */
  async settled(): Promise<void> {
    await Promise.all([...this.#open.values()].map(({ done }) => done));
  }
}

class Settlement implements Persistent<GivingBack> {
  readonly done: Promise<void>;
  readonly #context: Context;
  readonly #settling: Settling;
  readonly #until: number;
  #operation: GivingBack;
  #resolve!: () => void;
  /** How many are on their way. */
  #underWay = 0;

  constructor(context: Context, settling: Settling, over: (more: boolean) => void) {
    this.#context = context;
    this.#settling = settling;
    this.#operation = settling.operation;
    this.#until = context.clock.now() + settling.time;
    this.#over = (more) => {
      over(more);
      this.#resolve();
    };
    this.done = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    if (settling.after === undefined) this.#begin();
    else void settling.after.then(() => this.#begin());
  }

  readonly #over: (more: boolean) => void;

  /** What is on its way already may have been applied before. */
  again(): void {
    if (this.#underWay > 0) this.#send();
  }

  answered({ outcome }: Answer<GivingBack>): void {
    const { amongOthers } = this.#settling;
    const isRoom = outcome.kind === 'lost' && outcome.holder?.kind === 'room';
    if (isRoom && amongOthers !== undefined && this.#operation !== amongOthers) {
      this.#operation = amongOthers;
      this.#send();
    }
    this.#end(moreOf(outcome));
  }

  failed(): void {
    this.#end(false);
  }

  #end(more: boolean): void {
    this.#underWay -= 1;
    if (this.#underWay === 0) this.#over(more);
  }

  #begin(): void {
    if (this.#settling.needed?.() === false) this.#over(false);
    else this.#send();
  }

  #send(): void {
    this.#underWay += 1;
    const effort = { urgency: 'giving back', until: this.#until, whateverIsSaid: true } as const;
    persist(this.#context, this.#operation, effort, this);
  }
}

function moreOf(outcome: Outcomes['cancel' | 'release']): boolean {
  return outcome.kind !== 'lost' && outcome.more;
}
