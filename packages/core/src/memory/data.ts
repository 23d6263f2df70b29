import { LINE_LIFETIME } from '../store/protocol.js';
import type {
  AcquireOperation,
  Grantee,
  Holder,
  ReleaseOperation,
  RenewOperation,
  Room as Demand,
} from '../store/port.js';
import { type Member, Room } from './room.js';

/** A lock key: who holds the lock exclusively, and until when. */
export interface Lease {
  readonly token: string;
  readonly fencingToken: number;
  readonly expiresAt: number;
}

/** In place of the token of a lease: of a room whose members nobody knows any more, by its generation. */
export const TORN = 'room';

export interface Waiter {
  readonly token: string;
  readonly ttl: number;
  readonly room: Demand | undefined;
  readonly ticket: number;
}

/** The waiters of one lock, in the order of their tickets. */
interface Queue {
  readonly waiters: Waiter[];
  expiresAt: number;
}

/** What there is of one lock. */
export interface Found {
  readonly lease: Lease | undefined;
  readonly room: Room | undefined;
  readonly waiters: readonly Waiter[];
}

/**
 * What stands in a store at a moment: locks, rooms and lines, each until it runs out, and the clock. Times are
 * milliseconds.
 */
export class Data {
  readonly #leases = new Map<string, Lease>();
  readonly #rooms = new Map<string, Room>();
  readonly #queues = new Map<string, Queue>();
  #now = 0;

  #clock = 0;

  /** In ms. */
  get now(): number {
    return this.#now;
  }

  /** The last number that was given out, or that is known of. */
  get clock(): number {
    return this.#clock;
  }

  /** As of this moment. */
  at(now: number): this {
    this.#now = now;
    return this;
  }

  /** Of locks and lines: 0 when nothing is held and nobody waits. */
  get size(): number {
    for (const key of this.#leases.keys()) this.lease(key);
    for (const key of this.#rooms.keys()) this.room(key);
    for (const key of this.#queues.keys()) this.queue(key);
    return this.#leases.size + this.#rooms.size + this.#queues.size;
  }

  /** All locks that are held or waited for. */
  get keys(): string[] {
    const maps = this.size > 0 ? [this.#leases, this.#rooms, this.#queues] : [];
    return [...new Set(maps.flatMap((map) => Array.from(map.keys())))];
  }

  /** What there is of one lock. */
  find(key: string): Found {
    const waiters = this.queue(key)?.waiters ?? [];
    return { lease: this.lease(key), room: this.room(key), waiters };
  }

  /** All of it is gone. */
  lose(): void {
    this.#leases.clear();
    this.#rooms.clear();
    this.#queues.clear();
    this.#clock = 0;
  }

  /** A room of which a part is gone: nobody is inside, and it is taken until its last lease would have ended. */
  tear(key: string): void {
    const room = this.room(key);
    if (room === undefined) return;
    this.#rooms.delete(key);
    this.#leases.set(key, { token: TORN, fencingToken: room.generation, expiresAt: room.lastEnd });
  }

  /** Puts one into the line, behind all with a lower ticket. */
  enqueue(key: string, waiter: Waiter): void {
    const { waiters } = this.queueFor(key);
    const before = waiters.findIndex(({ ticket }) => ticket > waiter.ticket);
    waiters.splice(before === -1 ? waiters.length : before, 0, waiter);
  }

  /** Takes the one that is meant out of the line. */
  withdraw(key: string, isMeant: (waiter: Waiter) => boolean): void {
    const waiters = this.queue(key)?.waiters ?? [];
    const place = waiters.findIndex(isMeant);
    if (place === -1) return;
    waiters.splice(place, 1);
    if (waiters.length === 0) this.#queues.delete(key);
  }

  /** Lets one in, under the next number. */
  take(
    key: string,
    { token, ttl, room: demand }: Pick<AcquireOperation, 'token' | 'ttl' | 'room'>,
  ): Lease {
    const expiresAt = this.#now + ttl;
    // Its generation comes before all who are inside.
    if (demand !== undefined && !this.#rooms.has(key)) this.#open(key);
    return this.put(key, { token, fencingToken: this.tick(), expiresAt }, demand);
  }

  #open(key: string): Room {
    const room = new Room(this.tick());
    this.#rooms.set(key, room);
    return room;
  }

  /** Writes down what was granted. */
  put(key: string, lease: Lease, demand: Demand | undefined): Lease {
    if (demand === undefined) {
      this.#leases.set(key, lease);
      return lease;
    }
    const room = this.#rooms.get(key) ?? this.#open(key);
    const member = { ...lease, demand };
    room.enter(member);
    return member;
  }

  /** One is over. */
  leave(key: string, grant: Lease | Member): void {
    if ('demand' in grant && this.#rooms.has(key)) this.empty(key, [grant]);
    else this.#leases.delete(key);
  }

  /** Takes out of a room those whose lease is over, so many at the most. Returns how many they were. */
  reap(key: string, most: number): number {
    const room = this.room(key);
    if (room === undefined) return 0;
    const over = room.over(this.#now, most);
    this.empty(key, over);
    return over.length;
  }

  /** Takes the lock from all who have it. */
  clear(key: string): void {
    this.#leases.delete(key);
    this.#rooms.delete(key);
  }

  /** Takes these out of the room. */
  empty(key: string, members: readonly Member[]): void {
    const room = this.#rooms.get(key);
    for (const member of members) room?.leave(member);
    if (room?.isEmpty === true) this.#rooms.delete(key);
  }

  /** Never shortens: a request that was under way for long must not undo a later one. */
  extend(key: string, grant: Lease | Member, ttl: number): void {
    if ('demand' in grant) {
      this.#rooms.get(key)?.extend(grant, this.#now + ttl);
      return;
    }
    const expiresAt = Math.max(grant.expiresAt, this.#now + ttl);
    this.#leases.set(key, { ...grant, expiresAt });
  }

  /** The lease of a token, if it has one. */
  grantOf({
    key,
    token,
    room,
  }: Pick<AcquireOperation, 'key' | 'token' | 'room'>): Lease | Member | undefined {
    if (room !== undefined) return this.room(key)?.find(token);
    const lease = this.lease(key);
    return lease?.token === token ? lease : undefined;
  }

  /** The lease, if it is that of this grant. */
  granted(operation: RenewOperation | ReleaseOperation): Lease | Member | undefined {
    const grant = this.grantOf(operation);
    return grant?.fencingToken === operation.fencingToken ? grant : undefined;
  }

  /** Who has the lock. */
  holder(key: string): Holder | undefined {
    if (this.room(key) !== undefined) return { kind: 'room' };
    const lease = this.lease(key);
    return lease === undefined ? undefined : holderOf(lease);
  }

  /** Of who has it exclusively. */
  lease(key: string): Lease | undefined {
    const lease = this.#leases.get(key);
    if (lease === undefined || lease.expiresAt > this.#now) return lease;
    this.#leases.delete(key);
    return undefined;
  }

  /** A room lives as long as its longest lease. */
  room(key: string): Room | undefined {
    const room = this.#rooms.get(key);
    if (room === undefined || !room.isOver(this.#now)) return room;
    this.#rooms.delete(key);
    return undefined;
  }

  /** Who waits; undefined: nobody, and there is no line. */
  queue(key: string): Queue | undefined {
    const queue = this.#queues.get(key);
    if (queue === undefined || queue.expiresAt > this.#now) return queue;
    this.#queues.delete(key);
    return undefined;
  }

  /** The line, which lasts from now on for as long as it may. */
  queueFor(key: string): Queue {
    const queue = this.queue(key) ?? { waiters: [], expiresAt: 0 };
    queue.expiresAt = this.#now + LINE_LIFETIME;
    this.#queues.set(key, queue);
    return queue;
  }

  /** Somebody else had that number: those that follow are higher. */
  raise(clock: number): void {
    this.#clock = Math.max(this.#clock, clock);
  }

  /** The next number: the time in microseconds, or the one after the last. */
  tick(): number {
    this.#clock = Math.max(Math.floor(this.#now * 1000), this.#clock + 1);
    return this.#clock;
  }
}

/** Who has a lock by what stands there. */
export function holderOf({ token, fencingToken }: Grantee): Holder {
  if (token === TORN) return { kind: 'room' };
  return { kind: 'grant', token, fencingToken };
}
