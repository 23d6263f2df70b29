import { Appointment } from '../runtime/agenda.js';
import type { Context } from './context.js';

/**
 * The time that those are given who hold locks when their locker closes. It ends when nobody holds
 * one any more, or when it is up.
 */
export class Drain {
  readonly #context: Pick<Context, 'agenda' | 'clock'>;
  readonly #onEnd: () => void;
  readonly #timeUp = new Appointment(() => this.end());
  #ended = false;

  constructor(context: Pick<Context, 'agenda' | 'clock'>, time: number, onEnd: () => void) {
    this.#context = context;
    this.#onEnd = onEnd;
    context.agenda.schedule(this.#timeUp, context.clock.now() + time);
  }

  /** Somebody is in more of a hurry. It never gets longer. */
  within(time: number): void {
    const { agenda, clock } = this.#context;
    const due = clock.now() + time;
    if (time === 0) this.end();
    else if (!this.#ended && due < this.#timeUp.due) agenda.schedule(this.#timeUp, due);
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#context.agenda.cancel(this.#timeUp);
    this.#onEnd();
  }
}
