import { AcquireTimeoutError, type Locker } from '@holdfast/core';
import { type Call, type Held, runUnder, runUnderPromised } from '@holdfast/core/wrapping';
import { nameOf } from '../label.js';
import { lockerOf } from '../locker/resolve.js';
import { refuseGenerator } from './refuse-generator.js';
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
    const lockNames = terms.naming(self, args);
    const signal = signalOf(terms, self, args);
    const locker = lockerOf(terms, self);
    const { label, acquire, holdAtLeast, reentrant, onLost, onBusy } = terms;
    const { ttl, renew } = acquire;
    const options = { ...acquire, holdAtLeast, signal };
    const call: Call<Locker, unknown> = {
      lockNames,
      asked: { ttl, renew, signal, holdAtLeast },
      reentrant,
      onLost,
      caller: () => `@Locked on ${nameOf(label, self)}`,
      acquire: (found) =>
        typeof lockNames === 'string'
          ? found.acquire(lockNames, options)
          : found.acquire(lockNames, options),
      work: () => refuseGenerator(method.apply(self, [...args]), label, self),
    };
    if (onBusy === undefined) return run(locker, call);
    return runUnlessBusy(locker, call, (error) => onBusy.call(self, error, ...args));
  } catch (error) {
    // oxlint-disable-next-line prefer-promise-reject-errors -- what the user's functions have thrown
    return Promise.reject(error);
  }
}

function run(locker: Locker | Promise<Locker>, call: Call<Locker, unknown>): Promise<unknown> {
  return locker instanceof Promise ? runUnderPromised(locker, call) : runUnder(locker, call);
}

/** An error of the method is none of a busy lock, even if it is about one. */
async function runUnlessBusy(
  locker: Locker | Promise<Locker>,
  call: Call<Locker, unknown>,
  onBusy: (error: AcquireTimeoutError) => unknown,
): Promise<unknown> {
  let busy: AcquireTimeoutError | undefined;
  const acquire = (found: Locker): Promise<Held> =>
    call.acquire(found).catch((error: unknown) => {
      // A signal can be aborted with anything, also with the error of another acquire.
      const isBusy = error instanceof AcquireTimeoutError && error !== call.asked.signal?.reason;
      if (isBusy) busy = error;
      throw error;
    });
  try {
    return await run(locker, { ...call, acquire });
  } catch (error) {
    if (busy === undefined) throw error;
    return onBusy(busy);
  }
}
