import { LockLostError } from '../errors.js';
import type { Lock as Held } from '../locker/lock.js';
import type { Asked } from './arguments.js';
import { GrantedLock } from './granted-lock.js';

/**
 * Calls the callback under the lock, and gives it back when what that returns is settled, and `turn` has
 * come. If the lock is lost before, the request is over at once, and the callback is not waited for.
 */
export async function holdDuring<T>(
  held: Held,
  { name, mode, callback }: Asked<T>,
  turn: () => Promise<unknown> | undefined,
): Promise<Awaited<T>> {
  const { signal } = held;
  // Not for a lock that is gone already.
  if (signal.aborted) {
    await leave(held);
    throw broken(name, signal.reason);
  }
  const lost = new Promise<never>((_, reject) => {
    // oxlint-disable-next-line prefer-promise-reject-errors -- of a lost lock it is an error
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  const work = (async () => await callback(new GrantedLock(name, mode, held)))();
  try {
    return await Promise.race([finish(held, name, work, turn), lost]);
  } catch (error) {
    throw error === signal.reason ? broken(name, error) : error;
  }
}

/** How the callback ended counts more than how the lock was given back, unless it was lost meanwhile. */
async function finish<T>(
  held: Held,
  name: string,
  work: Promise<T>,
  turn: () => Promise<unknown> | undefined,
): Promise<T> {
  let result: T;
  try {
    result = await work;
  } catch (error) {
    await turn();
    await leave(held);
    throw error;
  }
  await turn();
  try {
    await held[Symbol.asyncDispose]();
  } catch (error) {
    throw isTaken(error, held) ? stolen(name, error) : error;
  }
  return result;
}

/**
 * Somebody else has the lock, although its lease had time left: it was taken by force, and the word of that
 * is still on its way.
 */
function isTaken(error: unknown, { ttl }: Held): boolean {
  if (!(error instanceof LockLostError) || error.reason !== 'taken') return false;
  return error.facts !== undefined && error.facts.sinceRenewal < ttl;
}

/** Gives back a lock that nobody needs to hear of any more. */
export async function leave(held: Held): Promise<void> {
  await held[Symbol.asyncDispose]().catch(() => {});
}

/** Why the lock is lost, as the platform puts it where it knows such a thing. */
function broken(name: string, reason: unknown): unknown {
  return reason instanceof LockLostError && reason.reason === 'forced'
    ? stolen(name, reason)
    : reason;
}

function stolen(name: string, cause: unknown): DOMException {
  const message = `The lock '${name}' was stolen, or released by force.`;
  return new DOMException(message, { name: 'AbortError', cause });
}
