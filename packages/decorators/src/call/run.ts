import { AcquireTimeoutError, type Lock, LockLostError } from '@holdfast/core';
import { LockReentryError } from '../errors.js';
import { nameOf, show } from '../label.js';
import { lockerOf } from '../locker/resolve.js';
import { Frame, frameOf, innermost, inside } from './frame.js';
import { assertNotLost, Stay } from './stay.js';
import type { AnyFunction, Terms } from './terms.js';

/** One call of a method: names its lock, acquires or joins it, runs the method, leaves. */
export async function runLocked(
  terms: Terms,
  method: AnyFunction,
  self: unknown,
  args: readonly unknown[],
): Promise<unknown> {
  // Before anything is awaited: the caller may change its arguments as soon as it has called.
  const lockName = terms.naming(self, args);
  const signal = signalOf(terms, self, args);
  const found = lockerOf(terms.locker, terms.label, self);
  const locker = found instanceof Promise ? await found : found;
  let stay = stayToJoin(terms, frameOf(locker, lockName), self);
  if (stay === undefined) {
    let lock: Lock;
    try {
      const options = signal === undefined ? terms.acquire : { ...terms.acquire, signal };
      lock = await locker.acquire(lockName, options);
    } catch (error) {
      if (!(error instanceof AcquireTimeoutError) || terms.onBusy === 'throw') throw error;
      return terms.onBusy === 'skip' ? undefined : terms.onBusy.call(self, error, ...args);
    }
    stay = new Stay(locker, lock);
  }
  stay.enter(terms.holdAtLeast);
  const frame = new Frame(stay, innermost());
  let result: unknown;
  try {
    result = await inside(frame, () => promised(method.apply(self, [...args])));
  } catch (error) {
    frame.close();
    // What the method has to say comes first; a loss is told on the channel of the core.
    await stay.leave().catch(() => {});
    throw error;
  }
  frame.close();
  try {
    await stay.leave();
  } catch (error) {
    if (terms.onLost === 'throw' || !(error instanceof LockLostError)) throw error;
  }
  return result;
}

/** A lazy thenable, such as a query, begins its work when it is asked: that must be inside. */
function promised(result: unknown): Promise<unknown> {
  return result instanceof Promise ? result : Promise.resolve(result);
}

/** The acquisition that the call runs under already, if it does. */
function stayToJoin(terms: Terms, frame: Frame | undefined, self: unknown): Stay | undefined {
  if (frame === undefined) return undefined;
  const { lock } = frame.stay;
  if (!terms.reentrant) throw new LockReentryError(lock.name, nameOf(terms.label, self));
  // Work under a lost lock is lost: it need not begin.
  if (terms.onLost === 'throw') assertNotLost(lock);
  const wasReleasedByHand = !lock.held && !lock.signal.aborted;
  return wasReleasedByHand ? undefined : frame.stay;
}

function signalOf(
  { signal, label }: Terms,
  self: unknown,
  args: readonly unknown[],
): AbortSignal | undefined {
  if (signal === undefined) return undefined;
  const value = typeof signal === 'number' ? args[signal] : signal.apply(self, [...args]);
  if (value === undefined || value instanceof AbortSignal) return value;
  const from = typeof signal === 'number' ? `argument ${signal}` : "the function 'signal'";
  throw new TypeError(
    `@Locked on ${nameOf(label, self)}: ${from} gave ${show(value)}, not an AbortSignal.`,
  );
}
