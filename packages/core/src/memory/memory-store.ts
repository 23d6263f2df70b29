import { type Clock, systemClock } from '../runtime/clock.js';
import { realTime } from '../runtime/real-time.js';
import { LockerClosedError, RedisUnreachableError } from '../errors.js';
import { lockerIdOf } from '../store/protocol.js';
import type {
  Failure,
  LockStore,
  Operation,
  OutcomeOf,
  Patience,
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
        realTime.queueMicrotask(() => listener?.granted(grant));
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
  readonly outage = undefined;
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

  get channel(): number {
    return this.#listeners.has(this.#lockerId) ? 1 : 0;
  }

  submit<O extends Operation>(operation: O, _patience: Patience, reply: Reply<O>): void {
    const failure = this.#closed ? closed() : reply.sending() ? undefined : unwanted();
    if (failure !== undefined) {
      realTime.queueMicrotask(() => reply.failed(failure));
      return;
    }
    // Applied in the order of the calls; the outcome comes in a later turn, as from every store.
    const outcome = this.#store.keyspace.apply(operation, this.#store.now()) as OutcomeOf<O>;
    realTime.queueMicrotask(() => reply.answered(outcome));
  }

  listen(): Promise<Failure | undefined> {
    if (this.#closed) return Promise.resolve(closed());
    this.#listeners.set(this.#lockerId, this.#listener);
    return Promise.resolve(undefined);
  }

  /** Nothing gets lost on the way. */
  doubt(): void {}

  probe(): void {}

  close(): void {
    this.#closed = true;
    this.#listeners.delete(this.#lockerId);
  }
}

function closed(): Failure {
  return { kind: 'closed', error: new LockerClosedError() };
}

function unwanted(): Failure {
  return { kind: 'not sent', error: new RedisUnreachableError('memory', 'was not asked') };
}
