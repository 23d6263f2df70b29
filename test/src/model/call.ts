import type { Hold } from '../../../packages/core/dist/engine/hold/hold.js';
import type { Cancellation } from './cancellation.js';

/** One acquisition, as its caller sees it. */
export interface Call {
  readonly lock: string;
  /** Undefined: it adopts what another has handed over. */
  readonly token: string | undefined;
  readonly signal: Cancellation | undefined;
  /** `done`: given back, handed over, lost, given up, or failed: nothing is held or awaited. */
  state: 'waiting' | 'held' | 'releasing' | 'done';
  hold: Hold | undefined;
  aborted: boolean;
  /** A renewal that the caller asked for is under way. */
  renewing: boolean;
  /** What the caller was told instead of what it asked for. */
  error: unknown;
}
