import { Appointment } from '../../runtime/agenda.js';
import { FALLBACK_INTERVAL } from '../../store/protocol.js';
import type { Context } from '../context.js';
import { ForeignPace, type Heard } from './foreign-pace.js';

/** One that waits here, as the line sees it. */
export interface Queued {
  readonly token: string;
  /** The place in the line at the server; those that have none yet stand last. */
  readonly ticket: number;
  /** `poll`: the fallback; `resend`: pushes may have been missed. */
  ask(occasion: 'poll' | 'resend'): void;
  /** The store gives no answer, or refuses; whether that may be over later. */
  fail(error: Error, passes: boolean): void;
}

/**
 * The waiters of this process on one lock, and the fallback poll that asks again for the oldest of
 * them. The poll finds what no push can tell: a crashed holder, a foreign release, a lost message.
 */
export class Line<Q extends Queued> {
  readonly #context: Context;
  readonly #key: string;
  readonly #pace: ForeignPace;
  readonly #onEmpty: () => void;
  readonly #queued = new Map<string, Q>();
  readonly #poll = new Appointment(() => this.#onPoll());

  constructor(context: Context, key: string, pace: ForeignPace, onEmpty: () => void) {
    this.#context = context;
    this.#key = key;
    this.#pace = pace;
    this.#onEmpty = onEmpty;
  }

  add(queued: Q): void {
    this.#queued.set(queued.token, queued);
  }

  remove(queued: Q): void {
    if (!this.#queued.delete(queued.token) || this.#queued.size > 0) return;
    this.#context.agenda.cancel(this.#poll);
    this.#pace.forget(this.#key);
    this.#onEmpty();
  }

  find(token: string): Q | undefined {
    return this.#queued.get(token);
  }

  /** The server said who has the lock, and for how long. */
  heard(heard: Heard): void {
    const now = this.#context.clock.now();
    const pace = this.#pace.after(this.#key, heard, now) ?? FALLBACK_INTERVAL;
    this.#pollBy(now + Math.min(heard.holderTtl + 1, pace));
  }

  /** Never puts a poll off that is already due earlier. */
  #pollBy(due: number): void {
    if (this.#poll.scheduled && due >= this.#poll.due) return;
    this.#context.agenda.schedule(this.#poll, due);
  }

  /** Pushes may have been missed, or the line itself was lost at the server. */
  askAll(): void {
    for (const queued of this.#members()) queued.ask('resend');
  }

  /** What one waiter found out holds for all. */
  failAll(error: Error, passes: boolean): void {
    for (const queued of this.#members()) queued.fail(error, passes);
  }

  #onPoll(): void {
    let oldest: Q | undefined;
    for (const queued of this.#queued.values()) {
      if (oldest === undefined || queued.ticket < oldest.ticket) oldest = queued;
    }
    this.#pollBy(this.#context.clock.now() + FALLBACK_INTERVAL);
    this.#context.session.probe();
    oldest?.ask('poll');
  }

  /** Those of this moment: what they are told can make them leave. */
  #members(): Q[] {
    return [...this.#queued.values()];
  }
}

/** The lines of this process, by lock key. */
export class Lines<Q extends Queued> {
  readonly #context: Context;
  readonly #lines = new Map<string, Line<Q>>();
  readonly #pace = new ForeignPace();

  constructor(context: Context) {
    this.#context = context;
  }

  join(queued: Q, key: string): Line<Q> {
    let line = this.#lines.get(key);
    if (line === undefined) {
      line = new Line(this.#context, key, this.#pace, () => this.#lines.delete(key));
      this.#lines.set(key, line);
    }
    line.add(queued);
    return line;
  }

  /** All that wait here for this lock ask again. False: nobody does. */
  askFor(key: string): boolean {
    const line = this.#lines.get(key);
    line?.askAll();
    return line !== undefined;
  }

  find(key: string, token: string): Q | undefined {
    return this.#lines.get(key)?.find(token);
  }

  /** Pushes may have been missed. */
  askAll(): void {
    for (const line of this.#lines.values()) line.askAll();
  }
}
