import { type Clock, systemClock } from '../runtime/clock.js';
import { type Duration, parseDuration } from '../runtime/duration.js';
import { ManualClock } from '../runtime/manual-clock.js';
import { realTime } from '../runtime/real-time.js';
import { GraceMismatchError, LockerClosedError, RedisUnreachableError } from '../errors.js';
import { type Grace, graceFor } from '../store/grace.js';
import { lockerIdOf } from '../store/protocol.js';
import type {
  Failure,
  Grant,
  GrantChannel,
  LockStore,
  Operation,
  OutcomeOf,
  Patience,
  Reply,
  StoreListener,
  StoreSession,
} from '../store/port.js';
import type { Catalogue, Span, Views } from '../store/view.js';
import { type Channels, Keyspace } from './keyspace.js';
import { viewOf } from './view.js';
import { type MemoryStoreOptions, parseMemoryStoreOptions } from './memory-store-options.js';

/**
 * Locks that live in this process, with the same contract as those in Redis: for tests of code that
 * takes locks, and for programs of one process. Lockers that share one store exclude each other.
 *
 * @example
 * ```ts
 * import { createLocker, memoryStore } from '@holdfast/core';
 *
 * await using locker = await createLocker({ store: memoryStore() });
 * await using lock = await locker.acquire('order:42');
 * ```
 *
 * @example An hour passes in a moment
 * ```ts
 * import { createLocker, memoryStore } from '@holdfast/core';
 *
 * const store = memoryStore({ clock: 'manual' });
 * await using locker = await createLocker({ store });
 * const lock = await locker.acquire('order:42', { ttl: '1h', renew: false });
 * await store.advance('1h');
 * console.log(lock.held, lock.signal.reason); // false, LockLostError
 * ```
 *
 * @throws {TypeError} for a bad option.
 */
export function memoryStore(options?: {
  readonly clock?: 'system' | undefined;
}): LosableMemoryStore;
export function memoryStore(options: { readonly clock: 'manual' }): ManualMemoryStore;
export function memoryStore(options: MemoryStoreOptions = {}): LosableMemoryStore {
  const { clock } = parseMemoryStoreOptions(options);
  return clock === 'manual' ? new ManualStore() : new MemoryStore(systemClock);
}

/** What `memoryStore` makes. */
export interface LosableMemoryStore extends LockStore {
  /**
   * Loses all locks and lines, as a server that is flushed, or comes up without its data. For tests of
   * what then becomes of your code, with the option `grace` and without.
   *
   * @example A lock survives
   * ```ts
   * import { createLocker, memoryStore } from '@holdfast/core';
   *
   * const store = memoryStore();
   * await using locker = await createLocker({ store, ttl: '1s', grace: '3s' });
   * await using lock = await locker.acquire('order:42', { waitTimeout: '5s' });
   * store.loseData();
   * await lock.renew();
   * console.log(lock.held); // true
   * ```
   */
  loseData(): void;
}

/** What `memoryStore({ clock: 'manual' })` makes. */
export interface ManualMemoryStore extends LosableMemoryStore {
  /**
   * Lets so much time pass for this store and all lockers on it. Resolves when everything has
   * happened that was due by then, each at its moment: renewals, the end of leases, hand-offs, the
   * end of waits. No other timer of the process is touched. Calls take place one after the other.
   *
   * @throws {TypeError | RangeError} for a bad duration.
   */
  advance(time: Duration): Promise<void>;
}

/** As {@link memoryStore}, by any clock. */
export class MemoryStore implements LosableMemoryStore {
  readonly address = 'memory';
  readonly clock: Clock;
  readonly channels: Channels;
  readonly keyspace: Keyspace;
  readonly #epoch: number;
  readonly #listeners = new Map<string, StoreListener>();

  constructor(clock: Clock) {
    this.clock = clock;
    this.#epoch = clock.wall() - clock.now();
    this.channels = {
      listens: (lockerId) => this.#listeners.has(lockerId),
      publish: (grant) => {
        const listener = this.#listeners.get(lockerIdOf(grant.token));
        // A message arrives after the operation that sent it has been applied.
        realTime.queueMicrotask(() => listener?.granted(grant));
      },
      revoke: (grant) => {
        const listener = this.#listeners.get(lockerIdOf(grant.token));
        realTime.queueMicrotask(() => listener?.revoked({ ...grant, forced: true }));
      },
    };
    this.keyspace = new Keyspace(this.channels);
  }

  /** Counts from the wall clock, so that fencing tokens rise over restarts, but never steps back. */
  now(): number {
    return this.#epoch + this.clock.now();
  }

  loseData(): void {
    this.keyspace.loseData();
  }

  open(
    lockerId: string,
    listener: StoreListener,
    _commandTimeout: number,
    grace?: Grace,
  ): Promise<StoreSession> {
    if (grace !== undefined) {
      const failure = mismatch(this, grace, grace.ttl ?? 0);
      if (failure !== undefined) return Promise.reject(failure);
    }
    return Promise.resolve(new MemorySession(this, lockerId, listener, this.#listeners, grace));
  }
}

class ManualStore extends MemoryStore implements ManualMemoryStore {
  readonly #hands: ManualClock;

  constructor(clock: ManualClock = new ManualClock()) {
    super(clock);
    this.#hands = clock;
  }

  async advance(time: Duration): Promise<void> {
    await this.#hands.advance(parseDuration('advance', time, 0));
  }
}

class MemorySession implements StoreSession, GrantChannel {
  readonly address = 'memory';
  readonly #store: MemoryStore;
  readonly #lockerId: string;
  readonly #listener: StoreListener;
  readonly #listeners: Map<string, StoreListener>;
  readonly #grace: Grace | undefined;
  #closed = false;

  constructor(
    store: MemoryStore,
    lockerId: string,
    listener: StoreListener,
    listeners: Map<string, StoreListener>,
    grace: Grace | undefined,
  ) {
    this.#store = store;
    this.#lockerId = lockerId;
    this.#listener = listener;
    this.#listeners = listeners;
    this.#grace = grace;
  }

  channelOf(): GrantChannel {
    return this;
  }

  addressOf(): string {
    return this.address;
  }

  outageOf(): undefined {
    return undefined;
  }

  areTogether(): boolean {
    return true;
  }

  get number(): number {
    return this.#listeners.has(this.#lockerId) ? 1 : 0;
  }

  submit<O extends Operation>(operation: O, _patience: Patience, reply: Reply<O>): void {
    const failure = this.#closed
      ? closed()
      : reply.sending()
        ? this.#mismatch(operation)
        : unwanted();
    if (failure !== undefined) {
      realTime.queueMicrotask(() => reply.failed(failure));
      return;
    }
    // Applied in the order of the calls; the outcome comes in a later turn, as from every store.
    const now = this.#store.now();
    const outcome = this.#store.keyspace.apply(operation, now, this.#grace) as OutcomeOf<O>;
    const { left } = this.#store.keyspace;
    realTime.queueMicrotask(() => {
      if (left > 0) this.#listener.graced?.(left, this.address);
      reply.answered(outcome);
    });
  }

  #mismatch(operation: Operation): Failure | undefined {
    const isNew = operation.kind === 'acquire' || operation.kind === 'acquireAll';
    if (this.#grace === undefined || !isNew) return undefined;
    const error = mismatch(this.#store, this.#grace, operation.ttl);
    return error && { kind: 'refused', passing: false, error };
  }

  listen(): Promise<Failure | undefined> {
    if (this.#closed) return Promise.resolve(closed());
    this.#listeners.set(this.#lockerId, this.#listener);
    return Promise.resolve(undefined);
  }

  look(keys: readonly string[], span: Span): Promise<Views | Failure> {
    if (this.#closed) return Promise.resolve(closed());
    const { keyspace } = this.#store;
    const now = this.#store.now();
    const listens = (lockerId: string): boolean => this.#listeners.has(lockerId);
    const graceLeft = span.grace && keyspace.graceLeft(span.grace, now);
    const views = keys.map((key) => {
      return { ...viewOf(key, now, keyspace.find(key, now), span, listens), graceLeft };
    });
    return Promise.resolve({ kind: 'views', views });
  }

  browse(prefix: string): Promise<Catalogue | Failure> {
    if (this.#closed) return Promise.resolve(closed());
    const keys = this.#store.keyspace.keys(this.#store.now());
    const ours = keys.filter((key) => key.startsWith(prefix));
    return Promise.resolve({ kind: 'catalogue', keys: ours, next: undefined });
  }

  announce(grant: Grant): void {
    const listener = this.#listeners.get(lockerIdOf(grant.token));
    realTime.queueMicrotask(() => listener?.revoked({ ...grant, forced: false }));
  }

  /** Nothing gets lost on the way. */
  doubt(): void {}

  probe(): void {}

  close(): void {
    this.#closed = true;
    this.#listeners.delete(this.#lockerId);
  }
}

/** Others count on a shorter grace than a lease of so many ms needs. An epoch begins, if one is due. */
function mismatch(store: MemoryStore, grace: Grace, ttl: number): GraceMismatchError | undefined {
  const { shortest } = store.keyspace.epoch(grace, store.now());
  const needed = graceFor(ttl, grace);
  return needed > shortest ? new GraceMismatchError(store.address, needed, shortest) : undefined;
}

function closed(): Failure {
  return { kind: 'closed', error: new LockerClosedError() };
}

function unwanted(): Failure {
  return { kind: 'not sent', error: new RedisUnreachableError('memory', 'was not asked') };
}
