import { LockerClosedError, LockLostError } from '../errors.js';
import type { Grant, LockStore, Outcomes, StoreSession } from '../store/port.js';
import { Agenda } from '../runtime/agenda.js';
import { type Claim, Subject } from './claim.js';
import { type Clock, instant } from '../runtime/clock.js';
import { Deadline } from '../runtime/deadline.js';
import { Hold, type HoldTerms } from './hold.js';
import { KeepAlive } from '../runtime/keep-alive.js';
import { Line } from './line.js';
import { attempt, persist } from './persist.js';
import { Roster } from '../runtime/roster.js';
import { type AcquireOptions, Wait } from './wait.js';

export interface EngineOptions {
  readonly lockerId: string;
  readonly clock: Clock;
  /** How long an operation may stay unanswered, in ms. */
  readonly commandTimeout: number;
}

/** A token of which the server must not keep anything. */
export interface Settlement {
  readonly key: string;
  readonly token: string;
  readonly ttl: number;
  /** Asked last: whether the server may know the token at all. */
  readonly needed?: () => boolean;
}

/**
 * One locker's registry: who waits, who holds, and the way from a grant to the one it is for.
 * The way to a lock is in `Wait` and `Claim`, its keeping in `Hold` and `Lease`.
 */
export class Engine {
  readonly clock: Clock;
  readonly agenda: Agenda;
  readonly session: StoreSession;
  readonly commandTimeout: number;
  readonly keepAlive: KeepAlive;
  readonly lines: Map<string, Line> = new Map();
  /** What all tokens of this locker begin with. */
  readonly #tokenPrefix: string;
  readonly #waits = new Roster<Wait>();
  readonly #holds = new Roster<Hold>();
  readonly #settling = new Set<Promise<void>>();
  /** By token: those whose cancel is yet to be sent. One is enough. */
  readonly #unsent = new Map<string, Promise<void>>();
  #sequence = 0;
  #closing: Promise<void> | undefined;

  private constructor(session: StoreSession, keepAlive: KeepAlive, options: EngineOptions) {
    this.session = session;
    this.keepAlive = keepAlive;
    this.clock = options.clock;
    this.agenda = new Agenda(options.clock);
    this.commandTimeout = options.commandTimeout;
    this.#tokenPrefix = `${options.lockerId}/`;
  }

  static async open(store: LockStore, options: EngineOptions): Promise<Engine> {
    let engine: Engine | undefined;
    const opening = store.open(options.lockerId, {
      granted: (grant) => engine?.granted(grant),
      reconnected: () => engine?.reconnected(),
    });
    const keepAlive = new KeepAlive();
    try {
      const session = await keepAlive.during(opening);
      engine = new Engine(session, keepAlive, options);
      return engine;
    } catch (error) {
      keepAlive.close();
      throw error;
    }
  }

  acquire(name: string, key: string, options: AcquireOptions): Promise<Hold> {
    if (this.#closing !== undefined) return Promise.reject(new LockerClosedError());
    this.#sequence += 1;
    const token = this.#tokenPrefix + this.#sequence;
    const wait = new Wait(this, new Subject(name, key, token), options);
    this.#waits.add(wait);
    return wait.promise;
  }

  /** Takes part in an acquisition that another handle made, by confirming it. */
  async adopt(terms: HoldTerms): Promise<Hold> {
    this.#assertOpen();
    const { name, key, token, fencingToken, ttl } = terms;
    const sent = instant(this.clock);
    if (this.#known(terms) === undefined) {
      const operation = { kind: 'renew', key, token, ttl } as const;
      const renewal = persist(this, operation, sent.mono + this.commandTimeout);
      const { outcome } = await this.keepAlive.during(renewal);
      this.#assertOpen();
      if (outcome.kind === 'lost' || outcome.fencingToken !== fencingToken) {
        throw new LockLostError(name, 'gone', fencingToken);
      }
    }
    // Looked for again: the same lock may have been adopted twice at once.
    const known = this.#known(terms);
    if (known !== undefined) return known;
    const deadline = Deadline.ofLease(sent, ttl);
    if (deadline.passed(this.clock)) throw new LockLostError(name, 'expired', fencingToken);
    const hold = new Hold(this, terms, sent, deadline);
    this.keep(hold);
    return hold;
  }

  /** Sent once only: sent again after a lost reply, it would hit the next holder. */
  async forceRelease(key: string): Promise<Outcomes['forceRelease']> {
    this.#assertOpen();
    const operation = { kind: 'forceRelease', key } as const;
    return this.keepAlive.during(attempt(this, operation, this.commandTimeout));
  }

  /** Rejects waits, gives held locks back, closes the session. */
  close(): Promise<void> {
    this.#closing ??= this.keepAlive.during(this.#close());
    return this.#closing;
  }

  /** A claim is about to be enqueued. */
  join(claim: Claim, key: string): Line {
    let line = this.lines.get(key);
    if (line === undefined) {
      line = new Line(this, key);
      this.lines.set(key, line);
    }
    line.add(claim);
    return line;
  }

  left(wait: Wait): void {
    this.#waits.remove(wait);
  }

  keep(hold: Hold): void {
    this.#holds.add(hold);
  }

  forget(hold: Hold): void {
    this.#holds.remove(hold);
  }

  /**
   * Makes certain that the server keeps nothing for a token, within `time` ms: after that its lease
   * has run out. Begins when the operation under way on that token is over. Resolves when it is so,
   * or time is up; never rejects. `close` waits for it.
   */
  settle(token: Settlement, time: number, underWay?: Promise<unknown>): Promise<void> {
    const unsent = this.#unsent.get(token.token);
    if (unsent !== undefined) return unsent;
    const settled = this.#settle(token, time, underWay)
      .catch(() => {})
      .finally(() => this.#settling.delete(settled));
    this.#settling.add(settled);
    this.#unsent.set(token.token, settled);
    return settled;
  }

  granted(grant: Grant): void {
    const claim = this.lines.get(grant.key)?.find(grant.token);
    if (claim !== undefined) {
      claim.pushed(grant);
      return;
    }
    const hold = this.#holds.find(({ token }) => token === grant.token);
    // The push came twice, or late: the holder knows, or knows better.
    if (hold !== undefined && grant.fencingToken <= hold.fencingToken) return;
    // A second grant for a token that was already held: the first one is over.
    hold?.lose('gone');
    if (grant.token.startsWith(this.#tokenPrefix)) {
      void this.settle({ ...grant, ttl: this.commandTimeout }, this.commandTimeout);
    }
  }

  reconnected(): void {
    for (const line of this.lines.values()) line.askAll();
  }

  /** The state that this locker has of an acquisition already: its handles share it. */
  #known({ name, token, fencingToken }: HoldTerms): Hold | undefined {
    const known = this.#holds.find((hold) => hold.token === token);
    if (known?.held === false) throw new LockLostError(name, 'released', fencingToken);
    return known;
  }

  async #settle(
    { key, token, ttl, needed }: Settlement,
    time: number,
    underWay: Promise<unknown> | undefined,
  ): Promise<void> {
    await underWay;
    this.#unsent.delete(token);
    if (needed?.() === false) return;
    const operation = { kind: 'cancel', key, token, ttl } as const;
    await persist(this, operation, this.clock.now() + time);
  }

  #assertOpen(): void {
    if (this.#closing !== undefined) throw new LockerClosedError();
  }

  async #close(): Promise<void> {
    const waits = [...this.#waits].map((wait) => wait.close(new LockerClosedError()));
    const holds = [...this.#holds].map((hold) => hold.close());
    const settled = Promise.all([...waits, ...holds, ...this.#settling]).then(() => {});
    await this.agenda.atMost(this.commandTimeout, settled);
    this.session.close();
    this.keepAlive.close();
  }
}
