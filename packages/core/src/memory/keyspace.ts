import {
  BATCH_BUDGET,
  HAND_OFF_BUDGET,
  LEAST_BUDGET,
  LINE_LIFETIME,
  lockerIdOf,
} from '../store/protocol.js';
import type {
  AcquireAllOperation,
  AcquireOperation,
  AdvanceOperation,
  Blocked,
  Busy,
  CancelOperation,
  ForceReleaseOperation,
  Grant,
  Grantee,
  Holder,
  Lost,
  Operation,
  Outcomes,
  Released,
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

/** On which lockers are told of their grants. */
export interface Channels {
  /** Whether somebody is there to be told: if not, that locker is gone or deaf. */
  listens(lockerId: string): boolean;
  /** Only for a locker that listens. */
  publish(grant: Grant): void;
}

/** Who has the lock now, or nobody, and whether there are still waiters to be looked at. */
interface HandOff {
  readonly lease: Lease | undefined;
  readonly more: boolean;
}

/**
 * The protocol, executable and without I/O: the reference that the scripts for Redis are held to.
 * Each method is one operation; none of them waits. Times are milliseconds of one clock.
 */
export class Keyspace {
  readonly #leases = new Map<string, Lease>();
  readonly #queues = new Map<string, Queue>();
  readonly #channels: Channels;
  #clock = 0;
  #now = 0;
  /** Dead waiters that the batch may still clear away. */
  #spare = BATCH_BUDGET;

  constructor(channels: Channels) {
    this.#channels = channels;
  }

  /** Keys that exist: locks and queues. Empty when nothing is held and nobody waits. */
  size(now: number): number {
    this.#now = now;
    for (const key of this.#leases.keys()) this.#lease(key);
    for (const key of this.#queues.keys()) this.#queue(key);
    return this.#leases.size + this.#queues.size;
  }

  /** One operation, as a batch of its own. */
  apply(operation: Operation, now: number): Outcomes[Operation['kind']] {
    return this.applyAll([operation], now)[0] as Outcomes[Operation['kind']];
  }

  /** What travels together, in this order. */
  applyAll(operations: readonly Operation[], now: number): Outcomes[Operation['kind']][] {
    this.#now = now;
    this.#spare = BATCH_BUDGET;
    return operations.map((operation) => this.#applyOne(operation));
  }

  #applyOne(operation: Operation): Outcomes[Operation['kind']] {
    switch (operation.kind) {
      case 'acquire':
        return this.#acquire(operation);
      case 'acquireAll':
        return this.#acquireAll(operation);
      case 'renew':
        return this.#renew(operation);
      case 'release':
        return this.#release(operation);
      case 'cancel':
        return this.#cancel(operation);
      case 'forceRelease':
        return this.#forceRelease(operation);
      case 'advance':
        return this.#advance(operation);
    }
  }

  #acquire(operation: AcquireOperation): Outcomes['acquire'] {
    const { key, token, ttl } = operation;
    if (this.#lease(key) === undefined) {
      // Where a holder expired, the lock goes to the line before it goes to the one who asks.
      const next = this.#handOff(key, token).lease ?? this.#takeIfNobodyWaits(key, token, ttl);
      if (next?.token === token) {
        return { kind: 'granted', fencingToken: next.fencingToken, already: false };
      }
    }
    const lease = this.#lease(key);
    if (lease?.token === token) {
      this.#extend(key, lease, ttl);
      return { kind: 'granted', fencingToken: lease.fencingToken, already: true };
    }
    const busy = this.#inTheWay(lease);
    if (!operation.enqueue) return { kind: 'busy', ...busy };
    return this.#enqueue(operation, busy);
  }

  #inTheWay(lease: Lease | undefined): Omit<Busy, 'kind'> {
    if (lease === undefined) return { holderTtl: 0, holder: undefined };
    return { holderTtl: Math.ceil(lease.expiresAt - this.#now), holder: holderOf(lease) };
  }

  #enqueue(operation: AcquireOperation, busy: Omit<Busy, 'kind'>): Outcomes['acquire'] {
    const { key, token, ttl, ticket, maxWaiting = Infinity } = operation;
    const queue = this.#queue(key) ?? { waiters: [], expiresAt: 0 };
    const standing = queue.waiters.find((waiter) => waiter.token === token);
    // Who cannot be told is not put into the line; who stands there keeps the place.
    const heard = this.#channels.listens(lockerIdOf(token));
    if (!heard && standing === undefined) return { kind: 'deaf', ...busy };
    // Who brings a ticket had a place before.
    const isNew = standing === undefined && ticket === undefined;
    if (isNew && queue.waiters.length >= maxWaiting) return { kind: 'full', ...busy };
    queue.expiresAt = this.#now + LINE_LIFETIME;
    this.#queues.set(key, queue);
    if (!heard) return { kind: 'deaf', ...busy };
    const place = standing ?? { token, ttl, ticket: ticket ?? this.#tick() };
    if (standing === undefined) {
      const before = queue.waiters.findIndex((waiter) => waiter.ticket > place.ticket);
      queue.waiters.splice(before === -1 ? queue.waiters.length : before, 0, place);
    }
    return {
      kind: 'waiting',
      ...busy,
      ticket: place.ticket,
      enqueued: standing === undefined,
      asOf: this.#clock,
    };
  }

  #acquireAll({ members, ttl }: AcquireAllOperation): Outcomes['acquireAll'] {
    for (const [place, { key, token }] of members.entries()) {
      const lease = this.#lease(key);
      if (lease !== undefined && lease.token !== token) return this.#blocked(place, key);
    }
    // Where a holder expired, the lock goes to the line before it goes to the one who asks.
    for (const [place, { key }] of members.entries()) {
      if (this.#lease(key) !== undefined) continue;
      const { lease, more } = this.#handOff(key);
      if (lease !== undefined || more) return this.#blocked(place, key);
    }
    const fencingTokens = members.map(({ key, token }) => {
      const lease = this.#lease(key);
      if (lease === undefined) return this.#take(key, token, ttl).fencingToken;
      this.#extend(key, lease, ttl);
      return lease.fencingToken;
    });
    return { kind: 'granted all', fencingTokens };
  }

  #blocked(place: number, key: string): Blocked {
    return { kind: 'blocked', place, by: { kind: 'busy', ...this.#inTheWay(this.#lease(key)) } };
  }

  #renew({ key, token, fencingToken, ttl }: RenewOperation): Outcomes['renew'] {
    const lease = this.#granted(key, token, fencingToken);
    if (lease === undefined) return this.#lost(key);
    this.#extend(key, lease, ttl);
    return { kind: 'renewed' };
  }

  #release({ key, token, fencingToken }: ReleaseOperation): Outcomes['release'] {
    if (this.#granted(key, token, fencingToken) === undefined) return this.#lost(key);
    return this.#giveBack(key);
  }

  #cancel({ key, token }: CancelOperation): Outcomes['cancel'] {
    const queue = this.#queue(key);
    const place = queue?.waiters.findIndex((waiter) => waiter.token === token) ?? -1;
    if (queue !== undefined && place !== -1) {
      queue.waiters.splice(place, 1);
      if (queue.waiters.length === 0) this.#queues.delete(key);
    }
    const held = this.#lease(key)?.token === token;
    return { kind: 'cancelled', more: held && this.#handOff(key).more };
  }

  #forceRelease({ key }: ForceReleaseOperation): Outcomes['forceRelease'] {
    const lease = this.#lease(key);
    if (lease === undefined) return this.#lost(key);
    return { ...this.#giveBack(key), holder: holderOf(lease) };
  }

  #advance({ key }: AdvanceOperation): Outcomes['advance'] {
    const free = this.#lease(key) === undefined;
    return { kind: 'advanced', more: free && this.#handOff(key).more };
  }

  #giveBack(key: string): Released {
    const { lease, more } = this.#handOff(key);
    const next = lease === undefined ? undefined : granteeOf(lease);
    return { kind: 'released', next, more };
  }

  /** Whoever asks has lost the lock, perhaps to somebody. */
  #lost(key: string): Lost {
    const lease = this.#lease(key);
    return { kind: 'lost', holder: lease === undefined ? undefined : holderOf(lease) };
  }

  /** Gives the lock to the first waiter whose locker listens; with none, the lock is free. */
  #handOff(key: string, asker?: string): HandOff {
    const budget = Math.max(Math.min(this.#spare, HAND_OFF_BUDGET), LEAST_BUDGET);
    const { waiters } = this.#queue(key) ?? { waiters: [] };
    for (let passed = 0; passed < budget && waiters.length > 0; passed += 1) {
      const { token, ttl } = waiters.shift() as Waiter;
      if (waiters.length === 0) this.#queues.delete(key);
      if (token === asker || this.#channels.listens(lockerIdOf(token))) {
        const lease = this.#take(key, token, ttl);
        const { fencingToken } = lease;
        if (token !== asker) this.#channels.publish({ key, token, fencingToken });
        return { lease, more: false };
      }
      this.#spare -= 1;
    }
    this.#leases.delete(key);
    return { lease: undefined, more: waiters.length > 0 };
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

  /** The lease, if it is that of this grant. */
  #granted(key: string, token: string, fencingToken: number): Lease | undefined {
    const lease = this.#lease(key);
    return lease?.token === token && lease.fencingToken === fencingToken ? lease : undefined;
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

function granteeOf({ token, fencingToken }: Lease): Grantee {
  return { token, fencingToken };
}

function holderOf(lease: Lease): Holder {
  return { kind: 'grant', ...granteeOf(lease) };
}
