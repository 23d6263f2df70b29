import type { Locker } from '@holdfast/core';
import { nameOf } from '../label.js';
import { lockerOf } from '../locker/resolve.js';
import { findFrame, innermost } from './frame.js';
import { staysAround } from './join.js';
import { type Call, runUnder } from './run-under.js';
import { signalOf } from './signal-of.js';
import type { AnyFunction, Terms } from './terms.js';

/** One call of a method: finds its lock and its locker, and runs it under that. */
export function runLocked(
  terms: Terms,
  method: AnyFunction,
  self: unknown,
  args: readonly unknown[],
): Promise<unknown> {
  // Not an async function, which would be a second one around the one that does the work.
  try {
    // Before anything is awaited: the caller may change its arguments as soon as it has called.
    const lockName = terms.naming(self, args);
    const signal = signalOf(terms, self, args);
    const locker = lockerOf(terms, self);
    const outer = innermost();
    if (outer?.isDeepest) throw tooDeep(terms, self, lockName);
    const call: Call = { terms, method, self, args, lockName, signal, outer };
    if (locker instanceof Promise) return runUnderPromised(locker, call);
    const frame = findFrame(outer, (stay) => stay.isOf(locker, lockName));
    return runUnder(locker, call, frame?.stay);
  } catch (error) {
    // oxlint-disable-next-line prefer-promise-reject-errors -- what the user's functions have thrown
    return Promise.reject(error);
  }
}

/**
 * The call is made now, under the locks that it runs under now: none of them ends before it is known
 * whether it is one of the locker's.
 */
async function runUnderPromised(promise: Promise<Locker>, call: Call): Promise<unknown> {
  const around = staysAround(call.outer, call.lockName);
  for (const stay of around) stay.enter();
  let result: Promise<unknown>;
  try {
    const locker = await promise;
    const stay = around.find((candidate) => candidate.locker === locker);
    result = runUnder(locker, call, stay);
  } finally {
    for (const stay of around) stay.leave().catch(() => {});
  }
  return result;
}

function tooDeep({ label }: Terms, self: unknown, lockName: string): RangeError {
  return new RangeError(
    `@Locked on ${nameOf(label, self)}: a recursion without end; this call for the lock ` +
      `'${lockName}' runs in too many others.`,
  );
}
