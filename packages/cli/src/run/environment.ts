import type { Lock, LockSet } from '@holdfast/core';

/** What the command is told. With several locks, one line for each, in the order of the call. */
export function environmentOf(held: Lock | LockSet): Record<string, string> {
  const locks = 'locks' in held ? [...held.locks.values()] : [held];
  return {
    HOLDFAST_LOCK_NAME: locks.map(({ name }) => name).join('\n'),
    HOLDFAST_FENCING_TOKEN: locks.map(({ fencingToken }) => fencingToken).join('\n'),
    HOLDFAST_LOCK_JSON: JSON.stringify(held),
  };
}
