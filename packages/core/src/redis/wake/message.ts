import type { Grant } from '../../store/port.js';
import { lockerIdOf } from '../../store/protocol.js';

/** What the server tells a locker about one of its grants. */
export interface Message {
  /** `granted`: a waiter has got the lock. `forced`: it was taken from its holder. */
  readonly kind: 'granted' | 'forced';
  readonly grant: Grant;
}

/**
 * Reads `[forced ]<fencing token> <owner token> <lock key>`; the key can contain anything. Undefined: it is
 * something else, or nothing that the server says to this locker.
 */
export function parseMessage(message: string, lockerId: string): Message | undefined {
  const match = /^(forced )?([1-9]\d{0,15}) (\S+) (.+)$/s.exec(message);
  if (match === null) return undefined;
  const [, forced, fence, token, key] = match as unknown as [string, ...string[]];
  const fencingToken = Number(fence);
  if (!Number.isSafeInteger(fencingToken) || token === undefined || key === undefined)
    return undefined;
  if (lockerIdOf(token) !== lockerId) return undefined;
  return {
    kind: forced === undefined ? 'granted' : 'forced',
    grant: { fencingToken, token, key },
  };
}
