import assert from 'node:assert/strict';
import { HoldfastError, LockLostError } from '@holdfast/core';

/** What an aborted signal, or a rejection, says about the loss of the lock. */
export function lossOf(source: { readonly reason: unknown } | undefined): LockLostError {
  const reason = source?.reason;
  assert.ok(reason instanceof LockLostError, `${String(reason)} is no loss`);
  return reason;
}

/** The code of an error of ours. */
export function codeOf(error: unknown): string {
  assert.ok(error instanceof HoldfastError, `${String(error)} is not an error of ours`);
  return error.code;
}
