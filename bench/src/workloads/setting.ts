import type { NodeRedis } from '../contestants/clients.js';

/** Where a workload runs that asks nothing but what the server says of itself. */
export interface Observed {
  readonly url: string;
  readonly client: { info(section: string): Promise<string> };
  readonly rounds?: number | undefined;
}

/** Where a workload runs that also asks how long a line is. */
export interface Lined extends Observed {
  readonly client: Pick<NodeRedis, 'info' | 'zCard'>;
}

/** Where a workload runs. */
export interface Setting extends Observed {
  /** A client that only looks on. */
  readonly client: NodeRedis;
  /** How often all take their turn; each workload has its own number for a full run. */
  readonly rounds?: number | undefined;
}
