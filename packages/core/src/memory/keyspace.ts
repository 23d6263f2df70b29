import { BATCH_BUDGET, HAND_OFF_BUDGET, LEAST_BUDGET, lockerIdOf } from '../store/protocol.js';
import { type Grace, HIGHEST_AHEAD } from '../store/grace.js';
import { timed } from '../store/timed.js';
import type { GraceSought } from '../store/view.js';
import { Data, type Found, holderOf, type Lease, TORN, type Waiter } from './data.js';
import { type Epoch, Epochs } from './epochs.js';
import { ALONE, type Room } from './room.js';
import type {
  AcquireAllOperation,
  AcquireOperation,
  AdvanceOperation,
  Blocked,
  Busy,
  CancelOperation,
  ForceReleaseOperation,
  Grant,
  Granted,
  Grantee,
  Lost,
  Operation,
  Outcomes,
  Released,
  ReleaseOperation,
  RenewOperation,
  Room as Demand,
} from '../store/port.js';

/** On which lockers are told of their grants. */
export interface Channels {
  /** Whether somebody is there to be told: if not, that locker is gone or deaf. */
  listens(lockerId: string): boolean;
  /** Only for a locker that listens. */
  publish(grant: Grant): void;
  /** The same, of a grant that was taken away by force. */
  revoke(grant: Grant): void;
}

/** What came of the look at a line. */
interface HandOff {
  /** The first that got the lock. */
  readonly next: Grantee | undefined;
  /** What the asker got. */
  readonly own: number | undefined;
  /** There are still waiters to be looked at. */
  readonly more: boolean;
}

/**
 * The protocol, executable and without I/O: the reference that the scripts for Redis are held to.
 * Each method is one operation; none of them waits. Times are milliseconds of one clock.
 */
export class Keyspace {
  readonly #data = new Data();
  readonly #channels: Channels;
  readonly #epochs: Epochs;
  /** What the batch counts on. */
  #terms: Grace | undefined;
  /** What was found of a grace, in ms. Undefined: nobody has looked. */
  #left: number | undefined;
  /** Dead waiters that the batch may still clear away. */
  #spare = BATCH_BUDGET;

  constructor(channels: Channels, epochs: Epochs = new Epochs()) {
    this.#channels = channels;
    this.#epochs = epochs;
  }

  /** What exists: locks and queues. Empty when nothing is held and nobody waits. */
  size(now: number): number {
    return this.#data.at(now).size;
  }

  /** All locks that are held or waited for. */
  keys(now: number): string[] {
    return this.#data.at(now).keys;
  }

  /** What there is of one lock. Nothing of it is changed. */
  find(key: string, now: number): Found {
    return this.#data.at(now).find(key);
  }

  /** One operation, as a batch of its own. */
  apply(operation: Operation, now: number, grace?: Grace): Outcomes[Operation['kind']] {
    return this.applyAll([operation], now, grace)[0] as Outcomes[Operation['kind']];
  }

  /** What travels together, in this order. */
  applyAll(
    operations: readonly Operation[],
    now: number,
    grace?: Grace,
  ): Outcomes[Operation['kind']][] {
    this.#data.at(now);
    this.#spare = BATCH_BUDGET;
    this.#terms = grace;
    this.#left = grace === undefined || operations.every(isRelease) ? undefined : this.#look(grace);
    const outcomes = operations.map((operation) => this.#applyOne(operation));
    if (grace === undefined) return outcomes;
    const left = Math.ceil(this.left);
    return outcomes.map((outcome) => timed(outcome, Math.floor(now), left));
  }

  /** What the last batch has found of a grace, in ms. */
  get left(): number {
    return this.#left ?? 0;
  }

  /** So long nobody is granted anything, in ms. Releases alone look only when something depends on it. */
  get #grace(): number {
    if (this.#terms === undefined) return 0;
    this.#left ??= this.#look(this.#terms);
    return this.#left;
  }

  #look(grace: Grace): number {
    return Math.max(this.epoch(grace, this.#data.now).until - this.#data.now, 0);
  }

  /** The epoch of today; a new one, if the data is not of it. */
  epoch(grace: Grace, now: number): Epoch {
    return this.#epochs.at(grace, now);
  }

  /** See `Epochs.left`. */
  graceLeft(sought: GraceSought, now: number): number {
    return this.#epochs.left(sought, now);
  }

  /** All is lost: as with a server that was flushed, or comes up with nothing. */
  loseData(): void {
    this.#data.lose();
    this.#epochs.clear();
  }

  /** What becomes of a room of which others deleted a part. */
  tear(key: string, now: number): void {
    this.#data.at(now).tear(key);
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
    const { key, token, ttl, steal } = operation;
    if (steal !== undefined) {
      const stolen = this.#steal(operation, steal);
      if (stolen !== undefined) return stolen;
    }
    const room = this.#reap(key);
    const already = this.#data.grantOf(operation);
    if (already !== undefined) {
      this.#data.extend(key, already, ttl);
      const { fencingToken } = already;
      return { kind: 'granted', fencingToken, already: true, more: false };
    }
    if (room === undefined && this.#data.lease(key) !== undefined) return this.#wait(operation);
    if (this.#grace > 0) return this.#wait(operation);
    // Where a holder expired, or where there is room, the line comes before the one who asks.
    const { next, own, more } = this.#offer(key, token);
    if (own !== undefined) return { kind: 'granted', fencingToken: own, already: false, more };
    const now = this.#data.room(key);
    const demand = operation.room ?? ALONE;
    const fits = now === undefined ? next === undefined : now.fits(demand);
    if (fits && this.#data.queue(key) === undefined) {
      const { fencingToken } = this.#data.take(key, operation);
      return { kind: 'granted', fencingToken, already: false, more: false };
    }
    return this.#wait(operation, more);
  }

  /** Empties the lock and takes it, unless this token has it, or who does came after this number. */
  #steal(operation: AcquireOperation, since: number): Granted | undefined {
    const { key, token } = operation;
    const holder = this.#data.holder(key);
    if (this.#grace > 0) return undefined;
    if (this.#data.grantOf(operation) !== undefined || this.#began(key) > since) return undefined;
    const told = this.#evict(key);
    this.#data.withdraw(key, (waiter) => waiter.token === token);
    const { fencingToken } = this.#data.take(key, operation);
    told();
    return { kind: 'granted', fencingToken, already: false, more: false, from: holder };
  }

  /** Under which number who holds the lock came, of several the first of them; 0: nobody does. */
  #began(key: string): number {
    return this.#data.room(key)?.generation ?? this.#data.lease(key)?.fencingToken ?? 0;
  }

  #wait(operation: AcquireOperation, more = false): Outcomes['acquire'] {
    const busy = this.#inTheWay(operation.key, more);
    if (!operation.enqueue) return { kind: 'busy', ...busy };
    return this.#enqueue(operation, busy);
  }

  /** Of those in a room the one whose lease ends first. `more`: others are still to be looked at. */
  #inTheWay(key: string, more: boolean): Omit<Busy, 'kind'> {
    const room = this.#data.room(key);
    const inTheWay = room === undefined ? this.#data.lease(key) : more ? undefined : room.first();
    const grace = Math.ceil(this.#grace);
    if (inTheWay === undefined) return { holderTtl: grace, holder: this.#data.holder(key) };
    return {
      holderTtl: Math.max(Math.ceil(inTheWay.expiresAt - this.#data.now), grace),
      holder: holderOf(inTheWay),
    };
  }

  #enqueue(operation: AcquireOperation, busy: Omit<Busy, 'kind'>): Outcomes['acquire'] {
    const { key, token, ttl, room, steal, maxWaiting = Infinity } = operation;
    const waiters = this.#data.queue(key)?.waiters ?? [];
    const standing = waiters.find((waiter) => waiter.token === token);
    // Who cannot be told is not put into the line; who stands there keeps the place.
    const heard = this.#channels.listens(lockerIdOf(token));
    if (!heard && standing === undefined) return { kind: 'deaf', ...busy };
    // Who brings a ticket had a place before.
    const isNew = standing === undefined && steal === undefined && operation.ticket === undefined;
    if (isNew && waiters.length >= maxWaiting) return { kind: 'full', ...busy };
    this.#data.queueFor(key);
    if (!heard) return { kind: 'deaf', ...busy };
    // Each answer has a number of its own: what is granted after it comes later.
    const drawn = this.#data.tick();
    // Who steals and comes too late has the first place, the last of them before all others.
    const ticket = steal === undefined ? (operation.ticket ?? drawn) : -drawn;
    const place = standing ?? { token, ttl, room, ticket };
    if (standing === undefined) {
      this.#data.enqueue(key, place);
      if (!isNew && this.#data.room(key) !== undefined) {
        // It came back to its place, perhaps before one that does not fit.
        const { own, more } = this.#offer(key, token);
        if (own !== undefined) return { kind: 'granted', fencingToken: own, already: false, more };
      }
    }
    return {
      kind: 'waiting',
      ...busy,
      ticket: place.ticket,
      enqueued: standing === undefined,
      asOf: this.#data.clock,
    };
  }

  #acquireAll({ members, ttl }: AcquireAllOperation): Outcomes['acquireAll'] {
    for (const [place, { key, token }] of members.entries()) {
      // Who came in place of those whose lease is over is in the way as well.
      if (this.#reap(key) !== undefined) return this.#blocked(place, key, this.#offer(key).more);
      const lease = this.#data.lease(key);
      if (lease !== undefined && lease.token !== token) return this.#blocked(place, key);
    }
    // Where a holder expired, the lock goes to the line before it goes to the one who asks.
    for (const [place, { key }] of members.entries()) {
      if (this.#data.lease(key) !== undefined) continue;
      if (this.#grace > 0) return this.#blocked(place, key);
      const { next, more } = this.#offer(key);
      if (next !== undefined || more) return this.#blocked(place, key, more);
    }
    const fencingTokens = members.map(({ key, token }) => {
      const lease = this.#data.lease(key);
      if (lease === undefined) return this.#data.take(key, { token, ttl }).fencingToken;
      this.#data.extend(key, lease, ttl);
      return lease.fencingToken;
    });
    return { kind: 'granted all', fencingTokens };
  }

  #blocked(place: number, key: string, more = false): Blocked {
    return { kind: 'blocked', place, by: { kind: 'busy', ...this.#inTheWay(key, more) } };
  }

  #renew(operation: RenewOperation): Outcomes['renew'] {
    const { key, ttl } = operation;
    const grant = this.#data.granted(operation);
    // One whose lease is over is inside until that is found.
    if (grant !== undefined && 'demand' in grant && !isSame(grant.demand, operation.room)) {
      return this.#lost(key);
    }
    if (grant === undefined || grant.expiresAt <= this.#data.now) {
      if (this.#reclaims(operation)) return { kind: 'renewed', reclaimed: true };
      return this.#lost(key, operation);
    }
    this.#data.extend(key, grant, ttl);
    return { kind: 'renewed' };
  }

  /**
   * In a grace, a grant that somebody still believes in is written back, under the fencing token that
   * it had. Of two that cannot be inside together the higher one was granted later. What others use
   * does not count: who believes was let in once.
   */
  #reclaims({ key, token, fencingToken, ttl, room: demand, until = 0 }: RenewOperation): boolean {
    const isFair = fencingToken <= this.#data.now * 1000 + HIGHEST_AHEAD;
    if (this.#grace === 0 || until <= this.#data.now || !isFair) return false;
    const room = this.#data.room(key);
    const lease = this.#data.lease(key);
    const claim = { token, demand: demand ?? ALONE };
    const rivals = room?.clashing(claim) ?? [];
    const inTheWay = lease === undefined ? rivals : [lease];
    if (inTheWay.some((other) => other.fencingToken > fencingToken)) return false;
    if (room === undefined) this.#data.clear(key);
    else this.#data.empty(key, rivals);
    this.#data.withdraw(key, (waiter) => waiter.token === token && waiter.ttl === ttl);
    this.#data.raise(fencingToken);
    this.#data.put(key, { token, fencingToken, expiresAt: this.#data.now + ttl }, demand);
    return true;
  }

  #release(operation: ReleaseOperation): Outcomes['release'] {
    const { key } = operation;
    if (operation.room !== undefined) this.#reap(key);
    const grant = this.#data.granted(operation);
    if (grant === undefined) {
      if (this.#wasHeld(operation)) return { kind: 'released', next: undefined, more: false };
      return this.#lost(key, operation);
    }
    this.#data.leave(key, grant);
    return this.#giveBack(key);
  }

  /** In a grace, a grant is only known to be over if a later one stands there. */
  #wasHeld({ key, token, fencingToken }: ReleaseOperation): boolean {
    if (this.#grace === 0) return false;
    const other: Lease | undefined = this.#data.lease(key) ?? this.#data.room(key)?.find(token);
    if (other?.token === TORN) return true;
    return other === undefined || other.fencingToken < fencingToken;
  }

  #cancel(operation: CancelOperation): Outcomes['cancel'] {
    const { key, token } = operation;
    this.#data.withdraw(key, (waiter) => waiter.token === token);
    const room = this.#reap(key);
    const grant = this.#data.grantOf(operation);
    if (grant !== undefined) this.#data.leave(key, grant);
    // Perhaps it was the first in line, and the next one fits.
    const passes = grant !== undefined || room !== undefined;
    return { kind: 'cancelled', more: passes && this.#giveBack(key).more };
  }

  #forceRelease({ key }: ForceReleaseOperation): Outcomes['forceRelease'] {
    const holder = this.#data.holder(key);
    if (holder === undefined) return this.#lost(key);
    const told = this.#evict(key);
    const freed = this.#giveBack(key);
    told();
    return { ...freed, holder };
  }

  /** Takes the lock from all who have it. What is returned tells those of them that listen: last of all. */
  #evict(key: string): () => void {
    const lease = this.#data.lease(key);
    const holders = lease === undefined ? (this.#data.room(key)?.byEnd() ?? []) : [lease];
    this.#data.clear(key);
    return () => {
      for (const { token, fencingToken } of holders.slice(0, HAND_OFF_BUDGET)) {
        if (this.#channels.listens(lockerIdOf(token)))
          this.#channels.revoke({ key, token, fencingToken });
      }
    };
  }

  #advance({ key }: AdvanceOperation): Outcomes['advance'] {
    this.#reap(key);
    const taken = this.#data.lease(key) !== undefined;
    return { kind: 'advanced', more: !taken && this.#giveBack(key).more };
  }

  /** Hands on what was left, or what has room. */
  #giveBack(key: string): Released {
    const { next, more } = this.#offer(key);
    return { kind: 'released', next, more };
  }

  /** Whoever asks has lost the lock, perhaps to somebody. A room of its own that was torn is nobody's. */
  #lost(key: string, grant?: Grantee): Lost {
    const lease = this.#data.lease(key);
    const wasTorn = lease?.token === TORN && lease.fencingToken < (grant?.fencingToken ?? 0);
    return { kind: 'lost', holder: wasTorn ? undefined : this.#data.holder(key) };
  }

  /**
   * Gives the lock to the first waiter whose locker listens; in a room, to one after the other as
   * long as they fit. With none, it stays as it is.
   */
  #offer(key: string, asker?: string): HandOff {
    let next: Grantee | undefined;
    let own: number | undefined;
    const waiters = this.#data.queue(key)?.waiters ?? [];
    if (waiters.length > 0 && this.#grace > 0) return { next, own, more: false };
    for (let looks = this.#budget(); looks > 0 && waiters.length > 0; looks -= 1) {
      const waiter = waiters[0] as Waiter;
      const { token, room: demand } = waiter;
      const heard = token === asker || this.#channels.listens(lockerIdOf(token));
      if (heard && this.#data.room(key)?.fits(demand ?? ALONE) === false) {
        return { next, own, more: false };
      }
      this.#data.withdraw(key, (one) => one === waiter);
      if (heard) {
        const { fencingToken } = this.#data.take(key, waiter);
        next ??= { token, fencingToken };
        if (token === asker) own = fencingToken;
        else this.#channels.publish({ key, token, fencingToken });
        if (demand === undefined) return { next, own, more: false };
      }
      this.#spare -= 1;
    }
    return { next, own, more: waiters.length > 0 };
  }

  /** What one operation may do in one step. */
  #budget(): number {
    return Math.max(Math.min(this.#spare, HAND_OFF_BUDGET), LEAST_BUDGET);
  }

  /** Takes out of a room whose lease is over: as many as one operation may. */
  #reap(key: string): Room | undefined {
    this.#spare -= this.#data.reap(key, this.#budget());
    return this.#data.room(key);
  }
}

/** Of a lock that is held exclusively. */
function isRelease(operation: Operation): boolean {
  return operation.kind === 'release' && operation.room === undefined;
}

function isSame(one: Demand, other: Demand | undefined): boolean {
  return one.limit === other?.limit && one.weight === other.weight;
}
