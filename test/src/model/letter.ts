import type { Room } from '../../../packages/core/dist/store/port.js';

/** What one who hands a lock over tells the one who adopts it. */
export interface Letter {
  readonly key: string;
  readonly token: string;
  readonly fencingToken: number;
  readonly room: Room | undefined;
  /** Only of a lock that was handed over. */
  readonly leaseEnd: number | undefined;
}
