import { attempt } from '../../../packages/core/dist/engine/persist.js';
import { byKind } from '../../../packages/core/dist/redis/batch.js';
import type {
  Grant,
  Operation,
  OutcomeOf,
  Outcomes,
  StoreListener,
  StoreSession,
} from '../../../packages/core/dist/store/port.js';
import { type Call, GONE, LISTENING, operationOf, type Step } from './steps.js';
import type { Stranger } from './stranger.js';

/** `open` is internal, and so not in the published types. */
export interface OpenableStore {
  open(lockerId: string, listener: StoreListener): Promise<StoreSession>;
}

/** What else there is around a store. */
export interface Surroundings {
  readonly pass: (ms: number) => Promise<void>;
  /** Made when the store is open. */
  readonly stranger: (session: StoreSession) => Stranger;
}

/** One store with its lockers, and what it answered. */
export class Side {
  readonly #sessions = new Map<string, StoreSession>();
  readonly #tickets = new Map<string, number>();
  readonly #pass: (ms: number) => Promise<void>;
  readonly #stranger: Stranger;
  /** What each locker was told, in its order: each has a connection of its own. */
  readonly #grants = new Map<string, Grant[]>();
  #onGrant: () => void = () => {};
  /** By key: fencing tokens and tickets in the order in which they were seen. */
  readonly #numbers = new Map<string, number[]>();

  private constructor(pass: (ms: number) => Promise<void>, stranger: Stranger) {
    this.#pass = pass;
    this.#stranger = stranger;
  }

  static async open(store: OpenableStore, { pass, stranger }: Surroundings): Promise<Side> {
    const visitor = await store.open('stranger', { granted: () => {}, reconnected: () => {} });
    const side = new Side(pass, stranger(visitor));
    side.#sessions.set('stranger', visitor);
    for (const locker of [...LISTENING, GONE]) {
      const grants: Grant[] = [];
      side.#grants.set(locker, grants);
      const session = await store.open(locker, {
        granted(grant) {
          grants.push(grant);
          side.#onGrant();
        },
        reconnected: () => {},
      });
      if (locker !== GONE) await session.listen();
      side.#sessions.set(locker, session);
    }
    return side;
  }

  /** Forgets what was seen, for the next history. */
  reset(): void {
    this.#tickets.clear();
    for (const grants of this.#grants.values()) grants.length = 0;
    this.#numbers.clear();
  }

  /** Takes a step, and says what came of it in terms that do not depend on the clock. */
  async take(step: Step): Promise<unknown> {
    switch (step.kind) {
      case 'pass':
        return this.#pass(step.ms);
      case 'stranger takes':
      case 'stranger releases':
        return this.#stranger(step);
      case 'together': {
        // What travels together is taken by kind.
        const calls = step.calls.toSorted(byKind);
        const operations: Operation[] = [];
        for (const call of calls) operations.push(await this.#operationOf(call));
        return Promise.all(
          operations.map((operation, place) => this.#send(operation, calls[place] as Call)),
        );
      }
      case 'ghosts': {
        const outcomes: unknown[] = [];
        // One after the other: a batch is one request, and clears away as much as one.
        for (let n = 1; n <= step.count; n += 1) {
          const token = `${GONE}/ghost-${n}`;
          const terms = { key: step.key, token, ttl: 6_000, enqueue: true, ticket: undefined };
          outcomes.push(await this.#send({ kind: 'acquire', ...terms }, { token }));
        }
        return outcomes;
      }
      default:
        return this.#send(await this.#operationOf(step), step);
    }
  }

  async #operationOf(call: Call): Promise<Operation> {
    const { kind, key, token } = call;
    const ticket = this.#tickets.get(`${key} ${token}`);
    return operationOf(call, ticket, kind === 'release' ? await this.#fencingTokenOf(call) : 0);
  }

  /** Asked for, since a push may not have come yet; 0: this token does not hold the lock. */
  async #fencingTokenOf(call: Call): Promise<number> {
    const { key, token } = call;
    // Too short to extend a lease in any history.
    const asked = await this.#ask({ kind: 'renew', key, token, ttl: 1 }, call);
    return asked.kind === 'renewed' ? asked.fencingToken : 0;
  }

  /** On behalf of the token's locker. */
  #ask<O extends Operation>(operation: O, { token }: Pick<Call, 'token'>): Promise<OutcomeOf<O>> {
    const session = this.#sessions.get(token.split('/')[0] as string);
    return attempt({ session } as never, operation, 5_000);
  }

  async #send(operation: Operation, call: Pick<Call, 'token'>): Promise<unknown> {
    const { key } = operation;
    const outcome = await this.#ask(operation, call);
    if (outcome.kind === 'waiting') this.#tickets.set(`${key} ${call.token}`, outcome.ticket);
    return this.#timeless(outcome, key);
  }

  get grants(): number {
    return [...this.#grants.values()].reduce((sum, grants) => sum + grants.length, 0);
  }

  /** Resolves when so many grants have come, or none has come for a second. */
  async heard(count: number): Promise<void> {
    while (this.grants < count) {
      const before = this.grants;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 1_000);
        this.#onGrant = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      if (this.grants === before) return;
    }
  }

  /** Who was handed what, and how the numbers that were given out compare. */
  get summary(): unknown {
    return {
      grants: [...this.#grants].map(([locker, grants]) => ({
        locker,
        to: grants.map(({ key, token }) => `${key} ${token}`),
        rising: isRising(grants.map(({ fencingToken }) => fencingToken)),
      })),
      numbers: [...this.#numbers].map(([key, numbers]) => ({ key, ranks: ranksOf(numbers) })),
    };
  }

  close(): void {
    for (const session of this.#sessions.values()) session.close();
  }

  #timeless(outcome: Outcomes[Operation['kind']], key: string): unknown {
    const numbers = this.#numbers.get(key) ?? [];
    this.#numbers.set(key, numbers);
    switch (outcome.kind) {
      case 'granted':
      case 'renewed': {
        const { fencingToken, ...rest } = outcome;
        numbers.push(fencingToken);
        return rest;
      }
      case 'waiting': {
        const { ticket, asOf, holderTtl, ...rest } = outcome;
        numbers.push(ticket);
        // No number that was given out for this answer or before is above its clock.
        return { ...rest, holderTtl: roughly(holderTtl), clock: asOf >= ticket };
      }
      case 'busy':
        return { ...outcome, holderTtl: roughly(outcome.holderTtl) };
      default:
        return outcome;
    }
  }
}

/** The place of each among all of them. */
function ranksOf(numbers: readonly number[]): number[] {
  const ranks = [...new Set(numbers)].toSorted((one, other) => one - other);
  return numbers.map((number) => ranks.indexOf(number));
}

function isRising(numbers: readonly number[]): boolean {
  return numbers.every((number, index) => index === 0 || number > (numbers[index - 1] as number));
}

/** Units of 3 s, begun ones counted: what a history itself takes to run does not show. */
function roughly(holderTtl: number): number {
  return Math.ceil(holderTtl / 3_000);
}
