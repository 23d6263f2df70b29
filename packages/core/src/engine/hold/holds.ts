import { Roster } from '../../runtime/roster.js';
import type { Grant as Pushed, Holder, Revocation } from '../../store/port.js';
import { lockerIdOf } from '../../store/protocol.js';
import { Foretold } from './foretold.js';
import type { Grant } from './grant.js';
import type { Hold } from './hold.js';
import { reasonBy } from './loss.js';

/** An adoption that is under way. */
export interface Expected extends Grant {
  /** Whoever held that grant here gives it back, or has lost it. */
  over: boolean;
}

/** The locks that one locker holds. */
export class Holds {
  readonly #lockerId: string;
  readonly #all = new Roster<Hold>();
  /** By token: those that were adopted here, and who held the same grant already. */
  readonly #shared = new Map<string, Set<Hold>>();
  readonly #expected = new Set<Expected>();
  readonly #foretold = new Foretold();
  /** The highest fencing token of a lock that was held here. */
  #latest = 0;

  constructor(lockerId: string) {
    this.#lockerId = lockerId;
  }

  add(hold: Hold): void {
    this.#all.add(hold);
    if (hold.fencingToken > this.#latest) this.#latest = hold.fencingToken;
    if (this.#foretold.take(hold)) hold.verify(true);
  }

  /** Nobody works under any of them: there are none, or they are kept for a time that is not over. */
  get areIdle(): boolean {
    return this.#all.find((hold) => !hold.isKept) === undefined;
  }

  /** A grant is about to be adopted, that may be held here already. */
  expect(grant: Grant): Expected {
    const { token, fencingToken } = grant;
    const over = this.of(grant).some((hold) => !hold.held);
    const expected = { token, fencingToken, over };
    this.#expected.add(expected);
    return expected;
  }

  forget(expected: Expected): void {
    this.#expected.delete(expected);
  }

  /** It was adopted. */
  adopted(hold: Hold): void {
    const sharing = new Set(this.of(hold));
    this.#shared.set(hold.token, sharing.add(hold));
    this.add(hold);
  }

  remove(hold: Hold): void {
    this.#all.remove(hold);
    if (this.#shared.size > 0) this.#part(hold);
  }

  /** Its grant is over, or is being given back: whoever shares it has lost it. */
  over(hold: Hold, holder?: Holder): void {
    for (const expected of this.#expected) if (isSame(expected, hold)) expected.over = true;
    if (this.#shared.size === 0) return;
    const reason = hold.isForced ? 'forced' : reasonBy(holder);
    for (const other of this.#part(hold)) other.lose(reason, holder);
  }

  /**
   * Somebody says that this grant is over, which proves nothing: whoever holds it asks whether it is so. If
   * it was taken by force and is not known yet, that is asked as soon as it is.
   */
  deny({ key, forced, ...grant }: Revocation): void {
    const holds = this.of(grant);
    for (const hold of holds) if (hold.key === key) hold.verify(forced);
    if (forced && holds.length === 0) this.#foretell(grant);
  }

  /** This grant was taken by force, and `now` has the lock. */
  takeAway(grant: Grant, now: Holder | undefined): void {
    const holds = this.of(grant);
    for (const hold of holds) hold.lose('forced', now);
    if (holds.length === 0) this.#foretell(grant);
  }

  /** The one that holds a grant of this lock to this token which is older than `fencingToken`. */
  olderThan({ key, token, fencingToken }: Pushed): Hold | undefined {
    const isOlder = (hold: Hold): boolean => hold.key === key && hold.fencingToken < fencingToken;
    return this.#withToken(token).find(isOlder);
  }

  /**
   * Nobody here has ever held this grant, and so nobody can have it from here. Not always known of one that
   * is so, since it is enough that a lock was granted later.
   */
  neverHad({ token, fencingToken }: Pushed): boolean {
    return fencingToken > this.#latest && this.#withToken(token).length === 0;
  }

  /** Those that hold this grant here. */
  of(grant: Grant): readonly Hold[] {
    return this.#withToken(grant.token).filter((hold) => isSame(hold, grant));
  }

  [Symbol.iterator](): Iterator<Hold> {
    return this.#all[Symbol.iterator]();
  }

  #foretell(grant: Grant): void {
    if (lockerIdOf(grant.token) === this.#lockerId) this.#foretold.note(grant);
  }

  /** Looks at all only for a token of this locker's own: those of others come by adoption alone. */
  #withToken(token: string): readonly Hold[] {
    const shared = this.#shared.get(token);
    if (shared !== undefined || lockerIdOf(token) !== this.#lockerId) return [...(shared ?? [])];
    const hold = this.#all.find((one) => one.token === token);
    return hold === undefined ? [] : [hold];
  }

  /** Returns who shared the grant with it. */
  #part(hold: Hold): readonly Hold[] {
    const sharing = this.#shared.get(hold.token);
    if (sharing === undefined || !sharing.delete(hold)) return [];
    if (sharing.size === 0) this.#shared.delete(hold.token);
    return [...sharing];
  }
}

function isSame(one: Grant, other: Grant): boolean {
  return one.token === other.token && one.fencingToken === other.fencingToken;
}
