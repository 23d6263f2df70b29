import type { Disturbance } from './disturbance.js';
import type { Journal, RegisterEntry } from './record.js';

/** All that a run leaves to be judged. */
export interface Evidence {
  /** Whether the server was to keep its data through every restart. */
  readonly keepsData: boolean;
  /** For so long nothing is granted after a loss of data, in ms; 0: there is no grace. Default 0. */
  readonly grace?: number;
  readonly journals: readonly Journal[];
  readonly disturbances: readonly Disturbance[];
  /** When which process was sent a SIGKILL, taken before that. */
  readonly deaths: ReadonlyMap<string, number>;
  readonly register: readonly RegisterEntry[];
  /** When an owner token was first known to stand in line at the server. */
  readonly lined: ReadonlyMap<string, number>;
  /** Keys, processes and handles that were there after the end, each with its name. */
  readonly remains: readonly string[];
}
