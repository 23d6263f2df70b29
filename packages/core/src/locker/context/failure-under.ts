import { LockLostError } from '../../errors.js';
import type { Lock } from '../lock.js';

/**
 * What a call rejects with whose work failed under the lock. The `AbortError` of the lock's own
 * signal says no more than that the work obeyed, and would be taken for a cancel of the caller's: the
 * loss comes in its place. Everything else is what the work has to say.
 *
 * See docs/decisions/0023.
 */
export function failureUnder(lock: Pick<Lock, 'signal'>, error: unknown): unknown {
  if (typeof error !== 'object' || error === null) return error;
  const { name, cause } = error as Partial<Error>;
  if (name !== 'AbortError') return error;
  const { signal } = lock;
  if (!signal.aborted) return error;
  const loss = signal.reason as LockLostError;
  // Of several that were lost as one, each has an error of its own, for that of the first.
  const isOurs = cause === loss || (isTogether(cause) && cause.cause === loss);
  return isOurs ? loss.withCause(error) : error;
}

function isTogether(error: unknown): error is LockLostError {
  return error instanceof LockLostError && error.reason === 'together';
}
