import type { Holder } from '../store/port.js';
import { LAST_TICK, MARKER } from './script/state.js';

/** `<token> <fencing token>`, as it stands in a lock key; see docs/protocol.md. */
const GRANT = /^([\w-]+\/[\w-]+(?:\/\S*)?) ([1-9]\d{0,15})$/;

const ROOM = new RegExp(`^${MARKER}[1-9]\\d*$`);

/** Who holds a lock, by the value of its key, or by the beginning of that. */
export function parseHolder(value: string): Holder {
  if (ROOM.test(value)) return { kind: 'room' };
  const [, token, fence] = GRANT.exec(value) ?? [];
  const fencingToken = Number(fence);
  // A number that no clock gives makes it a holder like any other that is not ours.
  if (token === undefined || fencingToken > LAST_TICK) return { kind: 'foreign', value };
  return { kind: 'grant', token, fencingToken };
}
