import type { Operation } from '../../../packages/core/dist/store/port.js';
import type { Request } from './request.js';

/** Operations on one token do not overlap, except those that end what nobody believes in. */
const ENDS: ReadonlySet<Operation['kind']> = new Set<Operation['kind']>(['cancel', 'release']);

/** Operations on one token that one moment can explain, in all that a shape lets go wrong. */
const MOST_AT_ONCE = 8;

/** How a locker behaves: what it asks, and when. */
export class Conduct {
  /** The first law that the locker broke. */
  broken: string | undefined;
  readonly #now: () => number;
  /** How often each token was asked about at the last moment. */
  readonly #asked = new Map<string, { readonly at: number; readonly times: number }>();
  /** It may ask whether a grant still stands: that moves nothing. */
  #doubts = false;
  /** Tokens of locks that were handed over here. */
  readonly #handedOver = new Set<string>();

  constructor(now: () => number) {
    this.#now = now;
  }

  handsOver(token: string): void {
    this.#handedOver.add(token);
  }

  doubts(): void {
    this.#doubts = true;
  }

  asks(operation: Operation, underWay: readonly Request[]): void {
    for (const token of tokensOf(operation)) this.#asksFor(token, operation, underWay);
  }

  #asksFor(token: string, operation: Operation, underWay: readonly Request[]): void {
    const { kind } = operation;
    for (const { operation: other, awaited } of underWay) {
      if (!awaited || !tokensOf(other).includes(token)) continue;
      const ends = ENDS.has(kind) && ENDS.has(other.kind);
      if (ends || areOfTwoGrants(operation, other)) continue;
      const harmless = this.#doubts && (isQuestion(operation) || isQuestion(other));
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
}

/** Each names its grant: one of them changes nothing of what the other is about. */
function areOfTwoGrants(one: Operation, other: Operation): boolean {
  return (
    'fencingToken' in one && 'fencingToken' in other && one.fencingToken !== other.fencingToken
  );
}

/** Whether a grant still stands. With a grace, what may be written back says until when. */
function isQuestion(operation: Operation): boolean {
  return operation.kind === 'renew' && operation.until === undefined;
}

function tokensOf(operation: Operation): readonly string[] {
  if (operation.kind === 'acquireAll') return operation.members.map(({ token }) => token);
  return 'token' in operation ? [operation.token] : [];
}
