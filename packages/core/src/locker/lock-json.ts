import { show } from '../runtime/duration.js';
import { parseTtl } from './acquire-options.js';
import type { LockJSON } from './lock.js';
import type { LockSetJSON } from './lock-set.js';
import { assertNames } from './requested.js';

export function parseLockJson(json: unknown): LockJSON {
  if (typeof json !== 'object' || json === null) {
    throw new TypeError(`adopt: ${show(json)} is not the JSON of a lock.`);
  }
  const { name, token, fencingToken, ttl } = json as Record<keyof LockJSON, unknown>;
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
  return { name, token, fencingToken, ttl: parseTtl(ttl) };
}

export function isLockSetJson(json: unknown): json is LockSetJSON {
  return typeof json === 'object' && json !== null && 'locks' in json;
}

export function parseLockSetJson({ locks }: { readonly locks: unknown }): LockJSON[] {
  if (!Array.isArray(locks)) {
    throw new TypeError(`adopt: the locks are ${show(locks)}, not a list.`);
  }
  const parsed = Array.from(locks as unknown[], parseLockJson);
  assertNames('adopt', parsed);
  return parsed;
}
