import { AcquireTimeoutError, type Lock, type Locker, LockLostError } from '@holdfast/core';
import { failureUnder } from './failure-under.js';
import { Frame, inside, running } from './frame.js';
import { joined, missingTtl } from './join.js';
import { promiseOf } from './promise-of.js';
import { renewFor } from './renewal.js';
import { Stay } from './stay.js';
import type { AnyFunction, Terms } from './terms.js';

/** So many calls begin in each other before one begins in a stack of its own. */
const DEEPEST_STACK = 32;

/** How many calls are beginning now, one in another. */
let beginning = 0;

/** One call of a method. */
export interface Call {
  readonly terms: Terms;
  readonly method: AnyFunction;
  readonly self: unknown;
  readonly args: readonly unknown[];
  readonly lockName: string;
  readonly signal: AbortSignal | undefined;
  /** The call that it was made from. */
  readonly outer: Frame | undefined;
}

/**
 * Acquires the lock of a call or joins it, runs the method, leaves. `around`: the acquisition of this
 * very lock that the call runs under already.
 */
export async function runUnder(
  locker: Locker,
  call: Call,
  around: Stay | undefined,
): Promise<unknown> {
  const { terms, method, self, args, lockName, signal, outer } = call;
  let stay = around && joined(terms, around, self, signal);
  const joins = stay !== undefined;
  if (stay === undefined) {
    let lock: Lock;
    try {
      const options = signal === undefined ? terms.acquire : { ...terms.acquire, signal };
      lock = await locker.acquire(lockName, options);
    } catch (error) {
      const isBusy = error instanceof AcquireTimeoutError && error !== signal?.reason;
      if (!isBusy || terms.onBusy === 'throw') throw error;
      return terms.onBusy === 'skip' ? undefined : terms.onBusy.call(self, error, ...args);
    }
    stay = new Stay(locker, lock);
  }
  const frame = new Frame(stay, running(outer));
  const { lock } = stay;
  let entered = false;
  let endRenewal: (() => void) | undefined;
  let result: unknown;
  try {
    const ttl = joins ? missingTtl(terms, lock) : undefined;
    const waits = ttl !== undefined || beginning >= DEEPEST_STACK;
    if (!joins || waits) {
      stay.enter();
      entered = true;
    }
    if (waits) await (ttl === undefined ? undefined : lock.renew(ttl));
    beginning += 1;
    let promise: Promise<unknown>;
    try {
      promise = inside(frame, () => promiseOf(method.apply(self, [...args]), terms, self));
    } finally {
      beginning -= 1;
      if (terms.holdAtLeast > 0) stay.keep(terms.holdAtLeast);
    }
    // Not before: where the stack ends, nothing works but the way out. Until this call awaits, the
    // one around it cannot leave.
    if (!entered) stay.enter();
    entered = true;
    if (joins && terms.acquire.renew === true) endRenewal = renewFor(lock);
    result = await promise;
  } catch (error) {
    // Of a call that has not been counted nothing is to be undone, and no function may be needed.
    frame.open = false;
    if (!entered) throw error;
    frame.close();
    endRenewal?.();
    // What the method has to say comes first; a loss is told on the channel of the core.
    await stay.leave().catch(() => {});
    throw terms.onLost === 'throw' ? failureUnder(lock, error) : error;
  }
  frame.close();
  endRenewal?.();
  try {
    await stay.leave();
  } catch (error) {
    if (terms.onLost === 'throw' || !(error instanceof LockLostError)) throw error;
  }
  return result;
}
