import { FALLBACK_INTERVAL } from '../store/protocol.js';
import { Appointment } from '../runtime/agenda.js';
import type { Claim } from './claim.js';
import type { Engine } from './engine.js';

/**
 * The waiters of this process on one lock, and the fallback poll that asks again for the oldest of
 * them. The poll finds what no push can tell: a crashed holder, a foreign release, a lost message.
 */
export class Line {
  readonly #engine: Engine;
  readonly #key: string;
  readonly #claims = new Map<string, Claim>();
  readonly #poll = new Appointment(() => this.#onPoll());

  constructor(engine: Engine, key: string) {
    this.#engine = engine;
    this.#key = key;
  }

  add(claim: Claim): void {
    this.#claims.set(claim.token, claim);
  }

  remove(claim: Claim): void {
    this.#claims.delete(claim.token);
    if (this.#claims.size > 0) return;
    this.#engine.agenda.cancel(this.#poll);
    this.#engine.lines.delete(this.#key);
  }

  find(token: string): Claim | undefined {
    return this.#claims.get(token);
  }

  /** The server said what the holder has left. Never puts a poll off that is already due earlier. */
  heard(holderTtl: number): void {
    const due = this.#engine.clock.now() + Math.min(holderTtl + 1, FALLBACK_INTERVAL);
    if (!this.#poll.scheduled || due < this.#poll.due) {
      this.#engine.agenda.schedule(this.#poll, due);
    }
  }

  /** Pushes may have been missed, or the line itself was lost at the server. */
  askAll(): void {
    for (const claim of this.#claims.values()) claim.ask('resend');
  }

  /** Redis cannot be reached: what one waiter found out holds for all. */
  failAll(error: Error): void {
    for (const claim of this.#claims.values()) claim.fail(error);
  }

  #onPoll(): void {
    let oldest: Claim | undefined;
    for (const claim of this.#claims.values()) {
      if (oldest === undefined || claim.ticket < oldest.ticket) oldest = claim;
    }
    this.heard(Infinity);
    oldest?.ask('poll');
  }
}
