import type { Room } from '../store/port.js';
import { lockerIdOf } from '../store/protocol.js';
import type { Holding, Inside, Span, Standing, View } from '../store/view.js';
import { type Found, type Lease, TORN, type Waiter } from './data.js';

/** What is shown of a lock. `listens`: whether somebody listens for that locker. */
export function viewOf(
  key: string,
  at: number,
  { lease, room, waiters }: Found,
  { holders, waiting, endsFrom = -Infinity, behind = -Infinity }: Span,
  listens: (lockerId: string) => boolean,
): View {
  const inside = ({ token, fencingToken, expiresAt }: Lease, demand?: Room): Inside => {
    const told = listens(lockerIdOf(token));
    return { token, fencingToken, room: demand, ends: expiresAt, listens: told };
  };
  const standing = ({ token, ticket, room: demand }: Waiter): Standing => {
    return { token, ticket, room: demand, listens: listens(lockerIdOf(token)) };
  };
  let holding: Holding | undefined;
  if (lease?.token === TORN) {
    const { fencingToken, expiresAt: ends } = lease;
    holding = { kind: 'foreign', type: 'string', value: `${TORN} ${fencingToken}`, ends };
  } else if (lease !== undefined) holding = { kind: 'grant', inside: inside(lease) };
  else if (room !== undefined) {
    const { used, limit, size: count } = room;
    const page = room.byEnd().filter(({ expiresAt }) => expiresAt >= endsFrom);
    const shown = page.slice(0, holders).map((member) => inside(member, member.demand));
    holding = { kind: 'room', used, limit, count, inside: shown };
  }
  const line = waiters.filter(({ ticket }) => ticket > behind).slice(0, waiting);
  return { key, at, holding, count: waiters.length, waiting: line.map(standing) };
}
