import type { Operation, Room } from '../../../packages/core/dist/store/port.js';

export const SHARED: Room = { limit: Infinity, weight: 1 };

export function limited(limit: number, weight = 1): Room {
  return { limit, weight };
}

/** Asks for a lock with others. */
export function enter(
  key: string,
  token: string,
  room: Room,
  { ttl = 60_000, enqueue = false }: { readonly ttl?: number; readonly enqueue?: boolean } = {},
): Operation {
  return { kind: 'acquire', key, token, ttl, enqueue, ticket: undefined, room };
}

/** The same operation, on a lock that is held with others. */
export function inRoom(operation: Operation, room: Room): Operation {
  return { ...operation, room } as Operation;
}
