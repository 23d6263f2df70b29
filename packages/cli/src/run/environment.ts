import type { Lock, LockSet } from '@holdfast/core';

/** Whoever we run under, and their own wrappers, find by it what they have to end. */
export const TOKENS = 'HOLDFAST_TOKENS';

/**
 * What the command is told. With several locks, one line for each, in the order of the call.
 *
 * @param outer - the tokens of the wrappers that we run under ourselves.
 */
export function environmentOf(held: Lock | LockSet, outer?: string): Record<string, string> {
  const locks = locksOf(held);
  return {
    [TOKENS]: [...(outer === undefined ? [] : [outer]), tokenOf(held)].join(' '),
    HOLDFAST_LOCK_NAME: locks.map(({ name }) => name).join('\n'),
    HOLDFAST_FENCING_TOKEN: locks.map(({ fencingToken }) => fencingToken).join('\n'),
    HOLDFAST_LOCK_JSON: JSON.stringify(held),
  };
}

/** A token that nobody else has, and that stands in that environment as it is. */
export function tokenOf(held: Lock | LockSet): string {
  return locksOf(held)[0]?.token ?? '';
}

function locksOf(held: Lock | LockSet): readonly Lock[] {
  return 'locks' in held ? [...held.locks.values()] : [held];
}
