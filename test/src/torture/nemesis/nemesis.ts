import { setTimeout as elapse } from 'node:timers/promises';
import { now } from '../clock.js';
import type { Disturbance } from '../history/disturbance.js';
import type { Stage } from '../stage/stage.js';
import { commonFaultsAt, type Planned, WORKER_FAULTS } from './plan.js';

/** Carries a plan out, and writes down what it did and when. */
export class Nemesis {
  readonly disturbances: Disturbance[] = [];
  readonly #stage: Stage;
  /** Nobody suffers two faults of one kind at a time: what is under way, by whom it hits. */
  readonly #busy = new Map<number | 'all', Promise<void>>();

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  /** Resolves when every fault is over. */
  async carryOut(plan: readonly Planned[], begin: number): Promise<void> {
    for (const planned of plan) {
      await elapse(Math.max(0, begin + planned.at - now()));
      const before = this.#busy.get(planned.slot) ?? Promise.resolve();
      this.#busy.set(
        planned.slot,
        before.then(() => this.#inflict(planned)),
      );
    }
    await Promise.all(this.#busy.values());
  }

  async #inflict({ kind, slot, time }: Planned): Promise<void> {
    const from = now();
    const effect = await (slot === 'all'
      ? inflict(commonFaultsAt(this.#stage.topology)[kind], (fault) =>
          fault.inflict(this.#stage, time),
        )
      : inflict(WORKER_FAULTS[kind], (fault) => fault.inflict(this.#stage, slot, time)));
    this.disturbances.push({ kind, effect, slot, from, to: now() });
  }
}

async function inflict<F extends { readonly effect: Disturbance['effect'] }>(
  fault: F | undefined,
  act: (fault: F) => Promise<unknown>,
): Promise<Disturbance['effect']> {
  if (fault === undefined) throw new Error('The plan has a fault that nobody knows.');
  await act(fault);
  return fault.effect;
}
