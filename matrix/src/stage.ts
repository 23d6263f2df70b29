import type { Server } from './servers.js';

/** What all cells share. */
export interface Stage {
  /** The packed libraries, as dependencies. */
  readonly packed: Readonly<Record<string, string>>;
  /** The packed program, with what it needs. */
  readonly program: Readonly<Record<string, string>>;
  readonly servers: readonly Server[];
}
