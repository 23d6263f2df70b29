import type { Requested } from '../engine/several/set-wait.js';
import { show } from '../runtime/duration.js';
import { assertOptions, lockKey } from './acquire-options.js';

/** One of several locks that are acquired as one. */
export interface LockRequest {
  readonly name: string;
}

/**
 * Of the locks that are acquired as one. They travel, and are applied at the server, in one piece: a list
 * without bound would hold up everybody else.
 */
const MOST_NAMES = 64;

const REQUEST_OPTIONS = ['name'];

/** The locks of a list, in its order, or why they cannot be acquired as one. */
export function parseRequests(
  method: string,
  keyPrefix: string,
  requests: readonly unknown[],
): Requested[] {
  const locks = Array.from(requests, (request) => parseRequest(method, keyPrefix, request));
  assertNames(method, locks);
  return locks;
}

export function assertNames(method: string, locks: readonly { readonly name: string }[]): void {
  if (locks.length === 0) throw new TypeError(`${method}: the list of names is empty.`);
  if (locks.length > MOST_NAMES) {
    throw new RangeError(
      `${method}: the list has ${locks.length} names; ${MOST_NAMES} are allowed.`,
    );
  }
  const names = new Set<string>();
  for (const { name } of locks) {
    // No call may wait for itself.
    if (names.has(name)) throw new TypeError(`${method}: ${show(name)} is in the list twice.`);
    names.add(name);
  }
}

/** Where a lock of a list is asked for in its own way, that is read here. */
function parseRequest(method: string, keyPrefix: string, request: unknown): Requested {
  if (typeof request !== 'object' || request === null) {
    return { name: request as string, key: lockKey(keyPrefix, request) };
  }
  assertOptions(`${method}, a lock of the list`, request, REQUEST_OPTIONS);
  const { name } = request as LockRequest;
  return { name, key: lockKey(keyPrefix, name) };
}
