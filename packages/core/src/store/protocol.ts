/** The numbers of the protocol that engine and stores share. All times in milliseconds. */

/** At least so often a locker asks again for its oldest waiter on a lock. */
export const FALLBACK_INTERVAL = 5_000;

/**
 * A line nobody extends for so long is dropped: its waiters are gone. Several fallback intervals,
 * so that a stalled process keeps its place.
 */
export const LINE_LIFETIME = 30_000;

/**
 * Waiters that one operation may take out of a line, dead ones and those that it lets into a room, and
 * leases that are over, so that none holds the store for long.
 */
export const HAND_OFF_BUDGET = 128;

/** The same for the operations of one batch together. */
export const BATCH_BUDGET = 1_024;

/** The same for each operation, whatever the others of its batch have done. */
export const LEAST_BUDGET = 8;

/** What no ttl is above, in ms: 24.8 days. */
export const LONGEST_TTL = 2_147_483_647;

/** What no limit is above. */
export const HIGHEST_LIMIT = 2_147_483_647;

/** Shared by all that a store keeps beside the lock keys; lock keys must not begin with it. */
export const RESERVED_PREFIX = 'holdfast:';

/** Whose token it is: the part before the slash. */
export function lockerIdOf(token: string): string {
  const slash = token.indexOf('/');
  return slash === -1 ? '' : token.slice(0, slash);
}
