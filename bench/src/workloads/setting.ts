import type { NodeRedis } from '../contestants/clients.js';

/** Where a workload runs. */
export interface Setting {
  readonly url: string;
  /** A client that only looks on. */
  readonly client: NodeRedis;
  /** How often all take their turn; each workload has its own number for a full run. */
  readonly rounds?: number | undefined;
}
