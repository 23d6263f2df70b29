import { HAND_OFF_BUDGET, LINE_LIFETIME } from '../store/protocol.js';
import type {
  AcquireOperation,
  CancelOperation,
  ForceReleaseOperation,
  Grant,
  Operation,
  Outcomes,
  ReleaseOperation,
  RenewOperation,
} from '../store/port.js';

/** A lock key: who holds the lock, and until when. */
interface Lease {
  readonly token: string;
  readonly fencingToken: number;
  readonly expiresAt: number;
}

interface Waiter {
  readonly token: string;
  readonly ttl: number;
  readonly ticket: number;
}

/** The waiters of one lock, in the order of their tickets. */
interface Queue {
  readonly waiters: Waiter[];
  expiresAt: number;
}

/** Tells a locker that one of its waiters holds the lock; false: that locker is gone. */
export type Publish = (grant: Grant) => boolean;

/**
 * The protocol, executable and without I/O: the reference that the scripts for Redis are held to.
 * Each method is one operation; none of them waits. Times are milliseconds of one clock.
 */
export class Keyspace {
  readonly #leases = new Map<string, Lease>();
  readonly #queues = new Map<string, Queue>();
  readonly #publish: Publish;
  #clock = 0;
  #now = 0;
  #budget = HAND_OFF_BUDGET;

  constructor(publish: Publish) {
    this.#publish = publish;
  }

  /** Keys that exist: locks and queues. Empty when nothing is held and nobody waits. */
  size(now: number): number {
    this.#now = now;
    for (const key of this.#leases.keys()) this.#lease(key);
    for (const key of this.#queues.keys()) this.#queue(key);
    return this.#leases.size + this.#queues.size;
  }

  apply(operation: Operation, now: number): Outcomes[Operation['kind']] {
    this.#now = now;
    this.#budget = HAND_OFF_BUDGET;
    switch (operation.kind) {
      case 'acquire':
        return this.#acquire(operation);
      case 'renew':
        return this.#renew(operation);
      case 'release':
        return this.#release(operation);
      case 'cancel':
        return this.#cancel(operation);
      case 'forceRelease':
        return this.#forceRelease(operation);
    }
  }

  #acquire(operation: AcquireOperation): Outcomes['acquire'] {
    const { key, token, ttl } = operation;
    if (this.#lease(key) === undefined) {
      // Where a holder expired, the lock goes to the line before it goes to the one who asks.
      const next = this.#handOff(key, token) ?? this.#takeIfNobodyWaits(key, token, ttl);
      if (next?.token === token) {
        return { kind: 'granted', fencingToken: next.fencingToken, already: false };
      }
    }
    const lease = this.#lease(key);
    if (lease?.token === token) {
      this.#extend(key, lease, ttl);
      return { kind: 'granted', fencingToken: lease.fencingToken, already: true };
    }
    const holderTtl = lease === undefined ? 0 : Math.ceil(lease.expiresAt - this.#now);
    if (!operation.enqueue) return { kind: 'busy', holderTtl };
    return this.#enqueue(operation, holderTtl);
  }

  #enqueue({ key, token, ttl, ticket }: AcquireOperation, holderTtl: number): Outcomes['acquire'] {
    const queue = this.#queue(key) ?? { waiters: [], expiresAt: 0 };
    queue.expiresAt = this.#now + LINE_LIFETIME;
    this.#queues.set(key, queue);
    const standing = queue.waiters.find((waiter) => waiter.token === token);
    const place = standing ?? { token, ttl, ticket: ticket ?? this.#tick() };
    if (standing === undefined) {
      const before = queue.waiters.findIndex((waiter) => waiter.ticket > place.ticket);
      queue.waiters.splice(before === -1 ? queue.waiters.length : before, 0, place);
    }
    return {
      kind: 'waiting',
      holderTtl,
      ticket: place.ticket,
      enqueued: standing === undefined,
      asOf: this.#clock,
    };
  }

  #renew({ key, token, ttl }: RenewOperation): Outcomes['renew'] {
    const lease = this.#lease(key);
    if (lease?.token !== token) return { kind: 'lost' };
    this.#extend(key, lease, ttl);
    return { kind: 'renewed', fencingToken: lease.fencingToken };
  }

  #release({ key, token, fencingToken }: ReleaseOperation): Outcomes['release'] {
    const lease = this.#lease(key);
    if (lease?.token !== token || lease.fencingToken !== fencingToken) return { kind: 'lost' };
    return { kind: 'released', handedOff: this.#handOff(key) !== undefined };
  }

  #cancel({ key, token }: CancelOperation): Outcomes['cancel'] {
    const queue = this.#queue(key);
    const place = queue?.waiters.findIndex((waiter) => waiter.token === token) ?? -1;
    if (queue !== undefined && place !== -1) {
      queue.waiters.splice(place, 1);
      if (queue.waiters.length === 0) this.#queues.delete(key);
    }
    if (this.#lease(key)?.token === token) this.#handOff(key);
    return { kind: 'cancelled' };
  }

  #forceRelease({ key }: ForceReleaseOperation): Outcomes['forceRelease'] {
    if (this.#lease(key) === undefined) return { kind: 'lost' };
    return { kind: 'released', handedOff: this.#handOff(key) !== undefined };
  }

  /** Gives the lock to the first waiter whose locker listens; with none, the lock is free. */
  #handOff(key: string, asker?: string): Lease | undefined {
    const queue = this.#queue(key);
    while (queue !== undefined && queue.waiters.length > 0 && this.#budget > 0) {
      this.#budget -= 1;
      const { token, ttl } = queue.waiters.shift() as Waiter;
      if (queue.waiters.length === 0) this.#queues.delete(key);
      const lease = this.#take(key, token, ttl);
      const { fencingToken } = lease;
      if (token === asker || this.#publish({ key, token, fencingToken })) return lease;
    }
    this.#leases.delete(key);
    return undefined;
  }

  #takeIfNobodyWaits(key: string, token: string, ttl: number): Lease | undefined {
    return this.#queue(key) === undefined ? this.#take(key, token, ttl) : undefined;
  }

  #take(key: string, token: string, ttl: number): Lease {
    const lease = { token, fencingToken: this.#tick(), expiresAt: this.#now + ttl };
    this.#leases.set(key, lease);
    return lease;
  }

  /** Never shortens: a request that was under way for long must not undo a later one. */
  #extend(key: string, lease: Lease, ttl: number): void {
    const expiresAt = Math.max(lease.expiresAt, this.#now + ttl);
    this.#leases.set(key, { ...lease, expiresAt });
  }

  #lease(key: string): Lease | undefined {
    const lease = this.#leases.get(key);
    if (lease === undefined || lease.expiresAt > this.#now) return lease;
    this.#leases.delete(key);
    return undefined;
  }

  #queue(key: string): Queue | undefined {
    const queue = this.#queues.get(key);
    if (queue === undefined || queue.expiresAt > this.#now) return queue;
    this.#queues.delete(key);
    return undefined;
  }

  #tick(): number {
    this.#clock = Math.max(Math.floor(this.#now * 1000), this.#clock + 1);
    return this.#clock;
  }
}
