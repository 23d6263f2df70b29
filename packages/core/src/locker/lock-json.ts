import { show } from '../runtime/duration.js';
import { parseTtl } from './acquire-options.js';
import type { Room } from '../store/port.js';
import type { LockJSON } from './lock.js';
import type { LockSetJSON } from './lock-set.js';
import { parseMode } from './mode.js';
import { assertNames } from './requested.js';

/** An acquisition as its JSON names it. */
export interface Acquisition extends Pick<LockJSON, 'name' | 'token' | 'fencingToken' | 'ttl'> {
  readonly leaseEnd: number | undefined;
  /** Undefined: held exclusively. */
  readonly room: Room | undefined;
}

export function parseLockJson(json: unknown): Acquisition {
  if (typeof json !== 'object' || json === null) {
    throw new TypeError(`adopt: ${show(json)} is not the JSON of a lock.`);
  }
  const { name, token, fencingToken, ttl, leaseEnd, mode, ...terms } = json as Record<
    keyof LockJSON,
    unknown
  >;
  if (typeof name !== 'string') {
    throw new TypeError(`adopt: the name is ${show(name)}, not a string.`);
  }
  // Half a surrogate pair would make the whole batch that it travels in unreadable.
  if (typeof token !== 'string' || !/^[^\s/]+\/\S+$/.test(token) || !token.isWellFormed()) {
    throw new TypeError(`adopt: the token is ${show(token)}, not that of a lock.`);
  }
  if (typeof fencingToken !== 'number' || !Number.isSafeInteger(fencingToken) || fencingToken < 1) {
    throw new TypeError(`adopt: the fencing token is ${show(fencingToken)}, not a safe integer.`);
  }
  if (leaseEnd !== undefined && (typeof leaseEnd !== 'number' || !Number.isFinite(leaseEnd))) {
    throw new TypeError(`adopt: the end of the lease is ${show(leaseEnd)}, not a number.`);
  }
  const room = parseMode(mode, terms);
  return { name, token, fencingToken, ttl: parseTtl(ttl), leaseEnd, room };
}

export function isLockSetJson(json: unknown): json is LockSetJSON {
  return typeof json === 'object' && json !== null && 'locks' in json;
}

export function parseLockSetJson({ locks }: { readonly locks: unknown }): Acquisition[] {
  if (!Array.isArray(locks)) {
    throw new TypeError(`adopt: the locks are ${show(locks)}, not a list.`);
  }
  const parsed = Array.from(locks as unknown[], parseLockJson);
  assertNames('adopt', parsed);
  return parsed;
}
