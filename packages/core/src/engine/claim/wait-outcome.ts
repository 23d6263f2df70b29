import type { WaitOutcome } from '../../diagnostics.js';
import {
  AcquireTimeoutError,
  ForeignDataError,
  LineFullError,
  LockerClosedError,
  RedisRefusedError,
} from '../../errors.js';

/** How a wait ends that fails by itself. */
export function waitOutcomeOf(error: unknown): WaitOutcome {
  if (error instanceof AcquireTimeoutError) return 'timeout';
  if (error instanceof LineFullError) return 'full';
  if (error instanceof LockerClosedError) return 'closed';
  if (error instanceof RedisRefusedError) return 'refused';
  return error instanceof ForeignDataError ? 'foreign' : 'unreachable';
}
