import { HoldfastError, LockLostError } from '@holdfast/core';

/** The reason of a task's own signal. */
export class Impatience extends Error {}

/** Whether the documents say that a call may end with it. */
export function isAnnounced(error: unknown): boolean {
  return error instanceof HoldfastError || error instanceof Impatience;
}

/** The name of an error in the journal. */
export function outcomeOf(error: unknown): string {
  if (error instanceof LockLostError) return `${error.code} ${error.reason}`;
  if (error instanceof HoldfastError) return error.code;
  return error instanceof Impatience ? 'given up' : String(error);
}
