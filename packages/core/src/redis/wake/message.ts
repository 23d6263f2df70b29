import type { Grant, Revocation } from '../../store/port.js';
import { lockerIdOf } from '../../store/protocol.js';

/** What is said of a locker's grants on its wake channel. */
export type Message =
  | { readonly kind: 'granted'; readonly grant: Grant }
  | { readonly kind: 'revoked'; readonly revocation: Revocation };

/**
 * Reads `[forced |ended ]<fencing token> <owner token> <lock key>`; the key can contain anything. Undefined:
 * it is something else, or nothing that is said to this locker.
 */
export function parseMessage(message: string, lockerId: string): Message | undefined {
  const match = /^(?:(forced|ended) )?([1-9]\d{0,15}) (\S+) (.+)$/s.exec(message);
  if (match === null) return undefined;
  const [, word, fence, token = '', key = ''] = match;
  const fencingToken = Number(fence);
  if (!Number.isSafeInteger(fencingToken) || lockerIdOf(token) !== lockerId) return undefined;
  const grant = { fencingToken, token, key };
  if (word === undefined) return { kind: 'granted', grant };
  return { kind: 'revoked', revocation: { ...grant, forced: word === 'forced' } };
}

/** That a grant is over, as it is said to the locker that it names. */
export function endOf({ fencingToken, token, key }: Grant): string {
  return `ended ${fencingToken} ${token} ${key}`;
}
