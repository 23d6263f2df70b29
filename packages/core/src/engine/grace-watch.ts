import { graceTopic } from '../diagnostics.js';
import { Appointment } from '../runtime/agenda.js';
import type { Context, Watch } from './context.js';

type Parts = Pick<Context, 'agenda' | 'clock' | 'session'>;

/** A grace that is running. */
class Running {
  /** Locks of this locker. */
  reclaimed = 0;
  readonly end: Appointment;

  constructor(onEnd: () => void) {
    this.end = new Appointment(onEnd);
  }
}

/**
 * Tells that a server has lost its data: when a grace begins, what is reclaimed in it, and when it ends.
 * In a cluster each slot has its own; told is of a master, from the first to the last of them.
 */
export class GraceWatch implements Watch {
  readonly #context: Parts;
  /** By the address of the server. */
  readonly #running = new Map<string, Running>();

  constructor(context: Parts) {
    this.#context = context;
  }

  /** @inheritDoc Watch.heard */
  heard(left: number, address: string): void {
    const { agenda, clock } = this.#context;
    const due = clock.now() + left;
    const running = this.#running.get(address);
    if (running !== undefined) {
      if (running.end.due < due) agenda.schedule(running.end, due);
      return;
    }
    const begun = new Running(() => this.#onEnd(address));
    this.#running.set(address, begun);
    agenda.schedule(begun.end, due);
    if (graceTopic.heard) graceTopic.publish({ address, state: 'began', remaining: left });
  }

  /** @inheritDoc Watch.reclaimed */
  reclaimed({ key, identity }: Parameters<Watch['reclaimed']>[0]): void {
    const address = this.#context.session.addressOf(key);
    const running = this.#running.get(address);
    if (running !== undefined) running.reclaimed += 1;
    if (!graceTopic.heard) return;
    const { lockName, fencingToken } = identity;
    graceTopic.publish({ address, state: 'reclaimed', lockName, fencingToken });
  }

  #onEnd(address: string): void {
    const reclaimed = this.#running.get(address)?.reclaimed ?? 0;
    this.#running.delete(address);
    if (graceTopic.heard) graceTopic.publish({ address, state: 'ended', reclaimed });
  }
}
