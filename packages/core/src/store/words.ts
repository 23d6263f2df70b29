import type { Room } from './port.js';

/** What stands behind the ttl of a waiter in the line; nothing for one that asks exclusively. */
export function wordsOf(room: Room | undefined): string {
  if (room === undefined) return '';
  const { limit, weight } = room;
  return limit === Infinity ? ' shared' : ` limited ${limit} ${weight}`;
}
