import type { Effect } from '../history/disturbance.js';
import type { Stage } from '../stage/stage.js';

/** What all faults have in common. */
export interface Fault {
  readonly effect: Effect;
  /** How long it lasts: from, to, in ms. */
  readonly time: readonly [number, number];
}

/** Something that is done to one worker. */
export interface WorkerFault extends Fault {
  inflict(stage: Stage, slot: number, time: number): Promise<void>;
}

/** Something that is done to the server, or to everybody at once. */
export interface ServerFault extends Fault {
  /** Lockers with a grace are granted nothing for a while after it. */
  readonly beginsReign?: true;
  inflict(stage: Stage, time: number): Promise<void>;
}
