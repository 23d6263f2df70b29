import { graceTopic } from '../diagnostics.js';
import { Appointment } from '../runtime/agenda.js';
import type { Context, Watch } from './context.js';

type Parts = Pick<Context, 'agenda' | 'clock' | 'session'>;

/** Tells that a store has lost its data: when a grace begins, what is reclaimed in it, and when it ends. */
export class GraceWatch implements Watch {
  readonly #context: Parts;
  readonly #end = new Appointment(() => this.#onEnd());
  /** Locks of this locker. */
  #reclaimed = 0;

  constructor(context: Parts) {
    this.#context = context;
  }

  /** @inheritDoc Watch.heard */
  heard(left: number): void {
    const { agenda, clock, session } = this.#context;
    const isNew = !this.#end.scheduled;
    agenda.schedule(this.#end, clock.now() + left);
    if (!isNew) return;
    this.#reclaimed = 0;
    if (!graceTopic.heard) return;
    graceTopic.publish({ address: session.address, state: 'began', remaining: left });
  }

  /** @inheritDoc Watch.reclaimed */
  reclaimed(identity: { readonly lockName: string; readonly fencingToken: number }): void {
    this.#reclaimed += 1;
    if (!graceTopic.heard) return;
    const { address } = this.#context.session;
    const { lockName, fencingToken } = identity;
    graceTopic.publish({ address, state: 'reclaimed', lockName, fencingToken });
  }

  #onEnd(): void {
    if (!graceTopic.heard) return;
    const { address } = this.#context.session;
    graceTopic.publish({ address, state: 'ended', reclaimed: this.#reclaimed });
  }
}
