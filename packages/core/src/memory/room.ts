import type { Grantee, Room as Demand } from '../store/port.js';

/** One that is inside. */
export interface Member extends Grantee {
  readonly demand: Demand;
  readonly expiresAt: number;
}

/** Who asks for a lock exclusively must be alone. */
export const ALONE: Demand = { limit: 1, weight: 1 };

/** Whether two can never be inside together. */
function clash(one: Demand, other: Demand): boolean {
  return one.weight + other.weight > Math.min(one.limit, other.limit);
}

/**
 * Those who share a lock. What they use, and the smallest of their limits, is kept and not found out
 * anew: to let one in costs the same however many there are.
 */
export class Room {
  /** The number under which it was opened. */
  readonly generation: number;
  readonly #members = new Map<string, Member>();
  /** How many have each limit. */
  readonly #limits = new Map<number, number>();
  #used = 0;
  #limit = Infinity;
  /** No lease ends before this moment. */
  #firstEnd = Infinity;

  constructor(generation: number) {
    this.generation = generation;
  }

  get isEmpty(): boolean {
    return this.#members.size === 0;
  }

  get size(): number {
    return this.#members.size;
  }

  /** The sum of the weights inside. */
  get used(): number {
    return this.#used;
  }

  /** The smallest limit inside. */
  get limit(): number {
    return this.#limit;
  }

  fits({ limit, weight }: Demand): boolean {
    return this.#used + weight <= Math.min(this.#limit, limit);
  }

  /** Who cannot be inside together with one that was let in once; and its own grants. */
  clashing({ token, demand }: Pick<Member, 'token' | 'demand'>): Member[] {
    const own = this.#members.get(token);
    if (this.fits(demand)) return own === undefined ? [] : [own];
    const members = [...this.#members.values()];
    return members.filter((member) => member === own || clash(member.demand, demand));
  }

  find(token: string): Member | undefined {
    return this.#members.get(token);
  }

  enter(member: Member): void {
    const { limit, weight } = member.demand;
    this.#members.set(member.token, member);
    this.#used += weight;
    this.#limits.set(limit, (this.#limits.get(limit) ?? 0) + 1);
    this.#limit = Math.min(this.#limit, limit);
    this.#firstEnd = Math.min(this.#firstEnd, member.expiresAt);
  }

  leave({ token, demand }: Member): void {
    const { limit, weight } = demand;
    this.#members.delete(token);
    this.#used -= weight;
    const others = (this.#limits.get(limit) ?? 1) - 1;
    if (others > 0) {
      this.#limits.set(limit, others);
      return;
    }
    this.#limits.delete(limit);
    if (limit === this.#limit) this.#limit = Math.min(...this.#limits.keys());
  }

  /** Never shortens: a request that was under way for long must not undo a later one. */
  extend(member: Member, expiresAt: number): void {
    if (expiresAt <= member.expiresAt) return;
    this.#members.set(member.token, { ...member, expiresAt });
  }

  /** Whether the longest lease is over, and the room with it. */
  isOver(now: number): boolean {
    if (this.#firstEnd > now) return false;
    for (const { expiresAt } of this.#members.values()) if (expiresAt > now) return false;
    return true;
  }

  get lastEnd(): number {
    return Math.max(...Array.from(this.#members.values(), ({ expiresAt }) => expiresAt));
  }

  /** Those whose lease is over, in the order of their ends, `most` of them. */
  over(now: number, most: number): Member[] {
    if (this.#firstEnd > now) return [];
    const over: Member[] = [];
    let firstEnd = Infinity;
    for (const member of this.#members.values()) {
      if (member.expiresAt <= now) over.push(member);
      else firstEnd = Math.min(firstEnd, member.expiresAt);
    }
    if (over.length <= most) this.#firstEnd = firstEnd;
    return over.toSorted((one, other) => (isBefore(one, other) ? -1 : 1)).slice(0, most);
  }

  /** All, in the order of their ends. */
  byEnd(): Member[] {
    return [...this.#members.values()].toSorted((one, other) => (isBefore(one, other) ? -1 : 1));
  }

  /** Whose lease ends first. */
  first(): Member {
    const members = [...this.#members.values()];
    return members.reduce((first, one) => (isBefore(one, first) ? one : first));
  }
}

/** By the ends of their leases; where these are the same, by their tokens. */
function isBefore(one: Member, other: Member): boolean {
  if (one.expiresAt !== other.expiresAt) return one.expiresAt < other.expiresAt;
  return one.token < other.token;
}
