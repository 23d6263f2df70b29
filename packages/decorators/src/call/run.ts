import { AcquireTimeoutError, type Lock, type Locker, LockLostError } from '@holdfast/core';
import { nameOf } from '../label.js';
import { lockerOf } from '../locker/resolve.js';
import { findFrame, Frame, innermost, inside, running } from './frame.js';
import { joined, missingTtl, staysAround } from './join.js';
import { promiseOf } from './promise-of.js';
import { renewFor } from './renewal.js';
import { signalOf } from './signal-of.js';
import { Stay } from './stay.js';
import type { AnyFunction, Terms } from './terms.js';

/** So many calls begin in each other before one begins in a stack of its own. */
const DEEPEST_STACK = 32;

/** How many calls are beginning now, one in another. */
let beginning = 0;

/** One call of a method. */
interface Call {
  readonly terms: Terms;
  readonly method: AnyFunction;
  readonly self: unknown;
  readonly args: readonly unknown[];
  readonly lockName: string;
  readonly signal: AbortSignal | undefined;
  /** The call that it was made from. */
  readonly outer: Frame | undefined;
}

/** Names the lock of a call, acquires or joins it, runs the method, leaves. */
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

/** `around`: the acquisition of this very lock that the call runs under already. */
async function runUnder(locker: Locker, call: Call, around: Stay | undefined): Promise<unknown> {
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
    if (joins && terms.acquire.renew === true) endRenewal = renewFor(lock);
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
    result = await promise;
  } catch (error) {
    frame.open = false;
    if (!entered) throw error;
    frame.close();
    endRenewal?.();
    // What the method has to say comes first; a loss is told on the channel of the core.
    await stay.leave().catch(() => {});
    throw error;
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

function tooDeep({ label }: Terms, self: unknown, lockName: string): RangeError {
  return new RangeError(
    `@Locked on ${nameOf(label, self)}: a recursion without end; this call for the lock ` +
      `'${lockName}' runs in too many others.`,
  );
}
