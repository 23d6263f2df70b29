import type { Grant } from '../../store/port.js';
import { lockerIdOf } from '../../store/protocol.js';

/**
 * Reads `<fencing token> <owner token> <lock key>`; the key can contain anything. Undefined: it is
 * something else, or nothing that the server says to this locker.
 */
export function parseGrant(message: string, lockerId: string): Grant | undefined {
  const match = /^([1-9]\d{0,15}) (\S+) (.+)$/s.exec(message);
  if (match === null) return undefined;
  const [, fence, token, key] = match as unknown as [string, string, string, string];
  const fencingToken = Number(fence);
  if (!Number.isSafeInteger(fencingToken) || lockerIdOf(token) !== lockerId) return undefined;
  return { fencingToken, token, key };
}
