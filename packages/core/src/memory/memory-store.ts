import { type Clock, systemClock } from '../runtime/clock.js';
import { LockerClosedError } from '../errors.js';
import { lockerIdOf } from '../store/protocol.js';
import type {
  LockStore,
  Operation,
  OutcomeOf,
  Reply,
  StoreListener,
  StoreSession,
} from '../store/port.js';
import { Keyspace } from './keyspace.js';

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
 */
export function memoryStore(): LockStore {
  return new MemoryStore(systemClock);
}

/** As {@link memoryStore}, by any clock. */
export class MemoryStore implements LockStore {
  readonly address = 'memory';
  readonly keyspace: Keyspace;
  readonly #clock: Clock;
  readonly #epoch: number;
  readonly #listeners = new Map<string, StoreListener>();

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#epoch = clock.wall() - clock.now();
    this.keyspace = new Keyspace({
      listens: (lockerId) => this.#listeners.has(lockerId),
      publish: (grant) => {
        const listener = this.#listeners.get(lockerIdOf(grant.token));
        // A message arrives after the operation that sent it has been applied.
        queueMicrotask(() => listener?.granted(grant));
      },
    });
  }

  /** Counts from the wall clock, so that fencing tokens rise over restarts, but never steps back. */
  now(): number {
    return this.#epoch + this.#clock.now();
  }

  open(lockerId: string, listener: StoreListener): Promise<StoreSession> {
    return Promise.resolve(new MemorySession(this, lockerId, listener, this.#listeners));
  }
}

class MemorySession implements StoreSession {
  readonly address = 'memory';
  readonly #store: MemoryStore;
  readonly #lockerId: string;
  readonly #listener: StoreListener;
  readonly #listeners: Map<string, StoreListener>;
  #closed = false;

  constructor(
    store: MemoryStore,
    lockerId: string,
    listener: StoreListener,
    listeners: Map<string, StoreListener>,
  ) {
    this.#store = store;
    this.#lockerId = lockerId;
    this.#listener = listener;
    this.#listeners = listeners;
  }

  get listening(): boolean {
    return this.#listeners.has(this.#lockerId);
  }

  submit<O extends Operation>(operation: O, _patience: number, reply: Reply<O>): void {
    // Applied in the order of the calls; the outcome comes in a later turn, as from every store.
    if (this.#closed) {
      queueMicrotask(() => reply.failed(new LockerClosedError()));
      return;
    }
    const outcome = this.#store.keyspace.apply(operation, this.#store.now()) as OutcomeOf<O>;
    queueMicrotask(() => reply.answered(outcome));
  }

  listen(): Promise<void> {
    if (this.#closed) return Promise.reject(new LockerClosedError());
    this.#listeners.set(this.#lockerId, this.#listener);
    return Promise.resolve();
  }

  relisten(): void {}

  close(): void {
    this.#closed = true;
    this.#listeners.delete(this.#lockerId);
  }
}
