import { LockLostError } from '../../errors.js';
import { type Call, type Held, namesOf } from './call.js';
import { failureUnder } from './failure-under.js';
import { findFrame, Frame, innermost, inside, running } from './frame.js';
import { joined, missingTtl, overlap, staysAround } from './join.js';
import { promiseOf } from './promise-of.js';
import { renewFor } from './renewal.js';
import { Stay } from './stay.js';

/** So many calls begin in each other before one begins in a stack of its own. */
const DEEPEST_STACK = 32;

/** How many calls are beginning now, one in another. */
let beginning = 0;

/**
 * Acquires the lock of a call or joins it, runs the work, leaves. Under which locks a call runs is
 * decided when it is made.
 *
 * @throws {RangeError} if the call runs in too many others.
 */
export function runUnder<L extends object, T, H extends Held>(
  locker: L,
  call: Call<L, T, H>,
): Promise<T> {
  const outer = callerOf(call);
  const names = namesOf(call.lockNames);
  const frame = findFrame(outer, (stay) => overlap(stay, locker, names));
  return run(locker, call, outer, frame?.stay);
}

/**
 * The same with a locker that is not known yet. The call is made now, under the locks that it runs
 * under now: none of them ends before it is known whether it is one of the locker's.
 */
export async function runUnderPromised<L extends object, T, H extends Held>(
  promise: PromiseLike<L>,
  call: Call<L, T, H>,
): Promise<T> {
  const outer = callerOf(call);
  const around = staysAround(outer, namesOf(call.lockNames));
  for (const stay of around) stay.enter();
  let result: Promise<T>;
  try {
    const locker = await promise;
    const stay = around.find((candidate) => candidate.locker === locker);
    result = run(locker, call, outer, stay);
  } finally {
    for (const stay of around) stay.leave().catch(() => {});
  }
  return result;
}

/** `around`: the acquisition of this very lock that the call runs under already. */
async function run<L extends object, T, H extends Held>(
  locker: L,
  call: Call<L, T, H>,
  outer: Frame | undefined,
  around: Stay | undefined,
): Promise<T> {
  const { onLost } = call;
  const joins = around && joined(call, around);
  // What is joined is of the kind that the call asks for.
  const lock = (joins ?? (await call.acquire(locker))) as H;
  const stay = joins === undefined ? new Stay(locker, lock, call) : (around as Stay);
  const frame = new Frame(stay, lock, running(outer));
  let entered = false;
  let endRenewal: (() => void) | undefined;
  let result: T;
  try {
    const ttl = joins && missingTtl(call.ttl, lock);
    const waits = ttl !== undefined || beginning >= DEEPEST_STACK;
    if (joins === undefined || waits) {
      stay.enter();
      entered = true;
    }
    if (waits) await (ttl === undefined ? undefined : lock.renew(ttl));
    if (joins !== undefined && call.holdAtLeast > 0) lock.keepFor(call.holdAtLeast);
    beginning += 1;
    let promise: Promise<T>;
    try {
      const begin = (): Promise<T> => inside(frame, () => promiseOf(call.work(lock)));
      // Who joins is in the context of the call that took it, or of one in it.
      const follower = joins === undefined ? lock.follower : undefined;
      promise = follower === undefined ? begin() : follower.run(begin);
    } finally {
      beginning -= 1;
    }
    // Not before: where the stack ends, nothing works but the way out. Until this call awaits, the
    // one around it cannot leave.
    if (!entered) stay.enter();
    entered = true;
    if (joins !== undefined && call.renew === true) endRenewal = renewFor(lock);
    result = await promise;
  } catch (error) {
    // Of a call that has not been counted nothing is to be undone, and no function may be needed.
    frame.open = false;
    if (!entered) throw error;
    frame.close();
    endRenewal?.();
    // What the work has to say comes first; a loss is told on its channel.
    await stay.leave().catch(() => {});
    throw onLost === 'throw' ? failureUnder(lock, error) : error;
  }
  frame.close();
  endRenewal?.();
  try {
    await stay.leave();
  } catch (error) {
    if (onLost === 'throw' || !(error instanceof LockLostError)) throw error;
  }
  return result;
}

function callerOf<L, T, H extends Held>(call: Call<L, T, H>): Frame | undefined {
  const outer = innermost();
  if (outer?.isDeepest !== true) return outer;
  const [lockName] = namesOf(call.lockNames);
  throw new RangeError(
    `${call.caller()}: a recursion without end; this call for the lock '${lockName}' runs in too many ` +
      'others.',
  );
}
