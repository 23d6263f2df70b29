import { setTimeout as sleep } from 'node:timers/promises';
import { byKind } from '../../../packages/core/dist/redis/commit/batch.js';
import type {
  Grant,
  Holder,
  Operation,
  Outcomes,
  Revocation,
  StoreListener,
  StoreSession,
} from '../../../packages/core/dist/store/port.js';
import type { Grace } from '../../../packages/core/dist/store/grace.js';
import {
  type Holding,
  type Inside,
  PAGE,
  type View,
} from '../../../packages/core/dist/store/view.js';
import { ask } from './ask.js';
import {
  type Call,
  type CallForAll,
  GONE,
  KEYS,
  LISTENING,
  type Loss,
  modeOf,
  operationForAll,
  operationOf,
  type Step,
  tokenOf,
  ttlOf,
  WAITING,
} from './steps.js';
import type { Stranger } from './stranger.js';

/** `open` is internal, and so not in the published types. */
export interface OpenableStore {
  open(
    lockerId: string,
    listener: StoreListener,
    commandTimeout: number,
    grace?: Grace,
  ): Promise<StoreSession>;
}

/** What else there is around a store. */
export interface Surroundings {
  readonly pass: (ms: number) => Promise<void>;
  readonly lose?: (loss: Loss) => Promise<void>;
  /** Made when the store is open. */
  readonly stranger: (session: StoreSession) => Stranger;
  /** Applies operations as one batch. */
  readonly together: (
    session: StoreSession,
    operations: readonly Operation[],
  ) => Promise<Outcome[]>;
  /** Resolves when the store knows that nobody listens for this locker. */
  readonly gone: (lockerId: string) => Promise<void>;
  /** The store remembers what it has, or loses what came since, or all. */
  readonly forget?: (how: 'save' | 'restore' | 'lose all') => Promise<void>;
  /** How far the time of the history is ahead of that of the store, in ms. */
  readonly ahead?: () => number;
}

type Outcome = Outcomes[Operation['kind']];

/** Each session has a connection of its own: far above what a history takes. */
const COMMAND_TIMEOUT = 10_000;

/** One store with its lockers, and what it answered. */
export class Side {
  readonly #store: OpenableStore;
  readonly #surroundings: Surroundings;
  readonly #sessions = new Map<string, StoreSession>();
  readonly #stranger: Stranger;
  /** By key and token: of the last answer, and of the last grant that was answered or pushed. */
  readonly #tickets = new Map<string, number>();
  readonly #fencingTokens = new Map<string, number>();
  /** When the lease ends that was granted or renewed last, in the time of the history. */
  readonly #ends = new Map<string, number>();
  /** Of the last answer to those who wait. */
  readonly #clocks = new Map<string, number>();
  /** What each locker was told, in its order: each has a connection of its own. */
  readonly #grants = new Map<string, Grant[]>();
  /** What it was told of those that were taken away. */
  readonly #revoked = new Map<string, Grant[]>();
  #onGrant: () => void = () => {};
  /** By key: fencing tokens and tickets in the order in which they were seen. */
  readonly #numbers = new Map<string, number[]>();

  private constructor(store: OpenableStore, surroundings: Surroundings, visitor: StoreSession) {
    this.#store = store;
    this.#surroundings = surroundings;
    this.#sessions.set('stranger', visitor);
    this.#stranger = surroundings.stranger(visitor);
  }

  static async open(
    store: OpenableStore,
    surroundings: Surroundings,
    grace?: Grace,
  ): Promise<Side> {
    const visitor = await store.open('stranger', deaf, COMMAND_TIMEOUT, grace);
    const side = new Side(store, surroundings, visitor);
    side.#sessions.set(GONE, await store.open(GONE, deaf, COMMAND_TIMEOUT, grace));
    for (const locker of LISTENING) {
      const grants: Grant[] = [];
      side.#grants.set(locker, grants);
      const granted = (grant: Grant): void => {
        grants.push(grant);
        side.#fencingTokens.set(`${grant.key} ${grant.token}`, grant.fencingToken);
        side.#onGrant();
      };
      const gone: Grant[] = [];
      side.#revoked.set(locker, gone);
      const revoked = ({ forced, ...grant }: Revocation): void => {
        // What others tore, only Redis has to notice.
        if (!forced) return;
        gone.push(grant);
        side.#onGrant();
      };
      const listener = { ...deaf, granted, revoked };
      const session = await store.open(locker, listener, COMMAND_TIMEOUT, grace);
      await session.channelOf(KEYS[0] as string).listen();
      side.#sessions.set(locker, session);
    }
    return side;
  }

  /** Forgets what was seen, for the next history. */
  reset(): void {
    this.#tickets.clear();
    this.#clocks.clear();
    this.#fencingTokens.clear();
    this.#ends.clear();
    for (const grants of this.#grants.values()) grants.length = 0;
    for (const grants of this.#revoked.values()) grants.length = 0;
    this.#numbers.clear();
  }

  /** Takes a step, and says what came of it in terms that do not depend on the clock. */
  async take(step: Step): Promise<unknown> {
    for (const locker of LISTENING) {
      // As who waits does: a channel that nobody looks at is given up after a while.
      await this.#sessions
        .get(locker)
        ?.channelOf(KEYS[0] as string)
        .listen();
    }
    switch (step.kind) {
      case 'pass':
        return this.#surroundings.pass(step.ms);
      case 'save':
      case 'restore':
      case 'lose all':
        return this.#surroundings.forget?.(step.kind);
      case 'loss':
        return this.#surroundings.lose?.(step);
      case 'stranger takes':
      case 'stranger releases':
        return this.#stranger(step);
      case 'together':
        return this.#takeTogether(step.calls);
      case 'ghosts':
        return this.#haunt(step);
      default:
        return this.#noteOf(step, await ask(this.#sessionOf(step), this.#operationOf(step)));
    }
  }

  async #takeTogether(calls: readonly (Call | CallForAll)[]): Promise<unknown> {
    // What travels together is taken by kind.
    const sorted = calls
      .map((call) => ({ call, operation: this.#operationOf(call) }))
      .toSorted((one, other) => byKind(one.operation, other.operation));
    const session = this.#sessionOf(calls[0] as Call | CallForAll);
    const operations = sorted.map(({ operation }) => operation);
    const outcomes = await this.#surroundings.together(session, operations);
    return sorted.map(({ call }, place) => this.#noteOf(call, outcomes[place] as Outcome));
  }

  /** Who asks must listen; then it is gone, and nobody is told what it is granted meanwhile. */
  async #haunt({ keys, count, mode }: Step & { readonly kind: 'ghosts' }): Promise<unknown> {
    const session = await this.#store.open(GONE, deaf, COMMAND_TIMEOUT);
    await session.channelOf(KEYS[0] as string).listen();
    const outcomes: unknown[] = [];
    for (const key of keys) {
      const asked = Array.from({ length: count }, async (_, n) => {
        const token = tokenOf({ locker: GONE, mode, n: n + 1 });
        const operation = this.#operationOf({ ...WAITING, key, token });
        return { operation, outcome: await ask(session, operation), token };
      });
      for (const { operation, outcome, token } of await Promise.all(asked)) {
        outcomes.push(this.#note(operation, outcome, token));
      }
    }
    session.close();
    await this.#surroundings.gone(GONE);
    return outcomes;
  }

  #operationOf(call: Call | CallForAll): Operation {
    if (call.kind === 'acquireAll') return operationForAll(call);
    const place = `${call.key} ${call.token}`;
    const end = this.#ends.get(place);
    const until = end === undefined ? end : end - this.#ahead;
    const fencingToken = this.#fencingTokens.get(place) ?? 0;
    const asOf = this.#clocks.get(place) ?? 0;
    return operationOf(call, this.#tickets.get(place), fencingToken, until, asOf);
  }

  #sessionOf({ token }: { readonly token: string }): StoreSession {
    return this.#sessions.get(token.split('/')[0] as string) as StoreSession;
  }

  #noteOf(call: Call | CallForAll, outcome: Outcome): unknown {
    if (call.kind !== 'acquireAll') {
      const { kind, key, ttl, token } = call;
      return this.#note(kind === 'renew' ? { key, ttl } : { key }, outcome, token);
    }
    return this.#noteAll(call, outcome as Outcomes['acquireAll']);
  }

  get #ahead(): number {
    return this.#surroundings.ahead?.() ?? 0;
  }

  #note(
    { key, ttl }: { readonly key: string; readonly ttl?: number },
    outcome: Outcome,
    token: string,
  ): unknown {
    if ((outcome.kind === 'granted' || outcome.kind === 'renewed') && outcome.at !== undefined) {
      this.#ends.set(`${key} ${token}`, outcome.at + this.#ahead + (ttl ?? ttlOf(token)));
    }
    if (outcome.kind === 'waiting') {
      this.#tickets.set(`${key} ${token}`, outcome.ticket);
      this.#clocks.set(`${key} ${token}`, outcome.asOf);
    }
    if (outcome.kind === 'granted') {
      this.#fencingTokens.set(`${key} ${token}`, outcome.fencingToken);
    }
    return this.#timeless(outcome, key);
  }

  #noteAll({ keys, token }: CallForAll, outcome: Outcomes['acquireAll']): unknown {
    if (outcome.kind === 'blocked') {
      return { ...outcome, by: this.#timeless(outcome.by, keys[outcome.place] as string) };
    }
    return keys.map((key, place) => {
      const fencingToken = outcome.fencingTokens[place] as number;
      const { at } = outcome;
      const granted = { kind: 'granted', fencingToken, already: false, more: false } as const;
      return this.#note({ key }, at === undefined ? granted : { ...granted, at }, token);
    });
  }

  get grants(): number {
    const told = [...this.#grants.values(), ...this.#revoked.values()];
    return told.reduce((sum, grants) => sum + grants.length, 0);
  }

  /** How each lock is shown, in terms that do not depend on the clock. */
  async views(keys: readonly string[]): Promise<unknown> {
    const visitor = this.#sessions.get('stranger') as StoreSession;
    const span = { holders: PAGE, waiting: PAGE };
    let shown = await visitor.look(keys, span, COMMAND_TIMEOUT);
    // In a cluster a connection is opened where it is asked for, and stands in a moment.
    for (; shown.kind === 'not sent'; shown = await visitor.look(keys, span, COMMAND_TIMEOUT)) {
      await sleep(1);
    }
    if (shown.kind !== 'views') throw shown.error;
    return shown.views.map(timelessView);
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
      // Of leases that end at the same time in memory, one ends first in Redis.
      revoked: [...this.#revoked].map(([locker, grants]) => ({
        locker,
        of: grants.map(({ key, token }) => `${key} ${token}`).toSorted(),
      })),
      numbers: [...this.#numbers].map(([key, numbers]) => ({ key, ranks: ranksOf(numbers) })),
    };
  }

  close(): void {
    for (const session of this.#sessions.values()) session.close();
  }

  #timeless(outcome: Outcome, key: string): unknown {
    const numbers = this.#numbers.get(key) ?? [];
    this.#numbers.set(key, numbers);
    switch (outcome.kind) {
      case 'granted': {
        const { fencingToken, from, at: _at, ...rest } = outcome;
        const who = nameOf(from, numbers);
        numbers.push(fencingToken);
        return { ...rest, who };
      }
      case 'waiting': {
        // In memory nobody is of another kind.
        const {
          ticket,
          asOf,
          holderTtl,
          holder,
          mustAsk: _,
          at: _at,
          grace = 0,
          ...rest
        } = outcome;
        const who = nameOf(holder, numbers);
        numbers.push(Math.abs(ticket));
        // No number that was given out for this answer or before is above its clock.
        const left = { holderTtl: roughly(holderTtl), grace: roughly(grace) };
        return { ...rest, who, ...left, first: ticket < 0, clock: asOf >= ticket };
      }
      case 'busy':
      case 'full':
      case 'deaf': {
        const { holderTtl, holder, at: _at, grace = 0, ...rest } = outcome;
        const left = { holderTtl: roughly(holderTtl), grace: roughly(grace) };
        return { ...rest, who: nameOf(holder, numbers), ...left };
      }
      case 'renewed':
        return { kind: outcome.kind, reclaimed: outcome.reclaimed === true };
      case 'lost': {
        const { holder, ...rest } = outcome;
        return { ...rest, who: nameOf(holder, numbers) };
      }
      case 'released': {
        const { next, ...rest } = outcome;
        const from = 'holder' in rest ? { holder: nameOf(rest.holder, numbers) } : {};
        if (next !== undefined) numbers.push(next.fencingToken);
        return { ...rest, ...from, to: next?.token };
      }
      default:
        return outcome;
    }
  }
}

/** Hears nothing. */
const deaf: StoreListener = { granted: () => {}, revoked: () => {}, reconnected: () => {} };

function timelessView({ key, at, holding, count, waiting }: View): unknown {
  const line = waiting.map(({ token, room, listens }) => ({ token, room, listens }));
  return { key, holding: holding && timelessHolding(holding, at), count, waiting: line };
}

function timelessHolding(holding: Holding, at: number): unknown {
  const timeless = ({ token, room, ends, listens }: Inside): unknown => {
    return { token, room, listens, left: roughly(ends - at) };
  };
  switch (holding.kind) {
    case 'foreign':
      return 'a stranger';
    case 'grant':
      return holding.inside.token.startsWith('stranger/') ? 'a stranger' : timeless(holding.inside);
    case 'room': {
      const inside = holding.inside.toSorted((one, other) => (one.token < other.token ? -1 : 1));
      return { ...holding, inside: inside.map(timeless) };
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

/** Whose lock it is. A stranger has a token in memory alone. */
function nameOf(holder: Holder | undefined, numbers: number[]): string | undefined {
  if (holder === undefined) return undefined;
  if (holder.kind === 'room') return 'several';
  if (holder.kind === 'foreign' || holder.token.startsWith('stranger/')) return 'a stranger';
  // Of leases that end at the same time in memory, one ends first in Redis.
  if (modeOf(holder.token) !== 'exclusive') return 'one of several';
  numbers.push(holder.fencingToken);
  return holder.token;
}

/** Units of 3 s, begun ones counted: what a history itself takes to run does not show. */
function roughly(holderTtl: number): number {
  return Math.ceil(holderTtl / 3_000);
}
