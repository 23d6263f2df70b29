import type { Hold } from '../../../packages/core/dist/engine/hold/hold.js';
import type { HoldSet } from '../../../packages/core/dist/engine/several/hold-set.js';
import type { Cancellation } from './cancellation.js';

/** One acquisition, as its caller sees it. */
export interface Call {
  /** All of them, in one line. */
  readonly lock: string;
  /** Undefined: it adopts what another has handed over, or asks for several locks. */
  readonly token: string | undefined;
  readonly signal: Cancellation | undefined;
  /** `done`: given back, handed over, lost, given up, or failed: nothing is held or awaited. */
  state: 'waiting' | 'held' | 'releasing' | 'done';
  hold: Hold | HoldSet | undefined;
  aborted: boolean;
  /** A renewal that the caller asked for is under way. */
  renewing: boolean;
  /** What the caller was told instead of what it asked for. */
  error: unknown;
}

/** Each lock of a call that was granted. */
export function holdsOf({ hold }: Call): readonly Hold[] {
  if (hold === undefined) return [];
  return 'holds' in hold ? hold.holds : [hold];
}
