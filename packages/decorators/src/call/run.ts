import { AcquireTimeoutError, type Locker } from '@holdfast/core';
import { type Held, runUnder, runUnderPromised } from '@holdfast/core/wrapping';
import { lockerOf } from '../locker/resolve.js';
import { MethodCall } from './method-call.js';
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
    const wanted = terms.naming(self, args);
    const signal = signalOf(terms, self, args);
    const locker = lockerOf(terms, self);
    const { onBusy } = terms;
    if (onBusy === undefined) {
      return run(locker, new MethodCall(terms, method, self, args, wanted, signal));
    }
    const call = new CallUnlessBusy(terms, method, self, args, wanted, signal);
    return run(locker, call).catch((error: unknown) => {
      if (call.busy === undefined) throw error;
      return onBusy.call(self, call.busy, ...args);
    });
  } catch (error) {
    // oxlint-disable-next-line prefer-promise-reject-errors -- what the user's functions have thrown
    return Promise.reject(error);
  }
}

function run(locker: Locker | Promise<Locker>, call: MethodCall): Promise<unknown> {
  return locker instanceof Promise ? runUnderPromised(locker, call) : runUnder(locker, call);
}

/** It knows whether its own lock was busy: an error of the method about another lock is none of that. */
class CallUnlessBusy extends MethodCall {
  busy: AcquireTimeoutError | undefined;

  override acquire(locker: Locker): Promise<Held> {
    return super.acquire(locker).catch((error: unknown) => {
      // A signal can be aborted with anything, also with the error of another acquire.
      const isBusy = error instanceof AcquireTimeoutError && error !== this.signal?.reason;
      if (isBusy) this.busy = error;
      throw error;
    });
  }
}
