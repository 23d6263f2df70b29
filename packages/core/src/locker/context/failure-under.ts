import type { LockLostError } from '../../errors.js';
import type { Lock } from '../lock.js';

/**
 * What a call rejects with whose work failed under the lock. The `AbortError` of the lock's own
 * signal says no more than that the work obeyed, and would be taken for a cancel of the caller's: the
 * loss comes in its place. Everything else is what the work has to say.
 *
 * See docs/decisions/0023.
 */
export function failureUnder(lock: Lock, error: unknown): unknown {
  if (typeof error !== 'object' || error === null) return error;
  const { name, cause } = error as Partial<Error>;
  if (name !== 'AbortError') return error;
  const { signal } = lock;
  if (!signal.aborted || signal.reason !== cause) return error;
  return (cause as LockLostError).withCause(error);
}
