import type { LockHolder } from '../lock-holder.js';
import type { Grantee, Holder } from '../store/port.js';
import { ownerOf } from '../store/owner.js';
import { lockerIdOf } from '../store/protocol.js';

/** Who it is, as it is told at a locker. */
export function lockHolderOf(holder: Holder | undefined, lockerId: string): LockHolder | undefined {
  if (holder === undefined || holder.kind === 'foreign') return holder;
  return holder.kind === 'room' ? { kind: 'several' } : granteeOf(holder, lockerId);
}

/** As {@link lockHolderOf}, of one that is known to be of our kind; undefined: nobody. */
export function granteeOf(grantee: Grantee | undefined, lockerId: string): LockHolder | undefined {
  if (grantee === undefined) return undefined;
  const { token, fencingToken } = grantee;
  const self = lockerIdOf(token) === lockerId;
  return { kind: 'locker', owner: ownerOf(token), token, fencingToken, self };
}
