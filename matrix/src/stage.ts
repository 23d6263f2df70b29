import type { Server } from './servers.js';

/** What all cells share. */
export interface Stage {
  /** The packed packages, as dependencies. */
  readonly packed: Readonly<Record<string, string>>;
  readonly servers: readonly Server[];
}
