import type { InspectedHolder, InspectedWaiter, LockInspection } from '../locker/inspection.js';
import type { Locker } from '../locker/locker.js';
import { lockerIdOf } from '../store/protocol.js';
import { fromLockName } from './names.js';
import type { LockInfo, LockManagerSnapshot, LockMode } from './platform.js';

/** All that is held, and asked for. Each lock is whole; between two of them time passes. */
export async function snapshot(locker: Locker): Promise<LockManagerSnapshot> {
  const listed: LockInspection[] = [];
  for await (const lock of locker.list({ grace: false })) listed.push(lock);
  const whole = listed.map(async (lock) => {
    return isWhole(lock) ? lock : locker.inspect(lock.name, ALL);
  });
  const locks = await Promise.all(whole);
  return { held: locks.flatMap(heldOf), pending: locks.flatMap(pendingOf) };
}

const ALL = { holders: Infinity, waiting: Infinity, grace: false };

/** A list shows a few of those who hold a lock, and nobody who waits. */
function isWhole({ holders, holderCount, waitingCount }: LockInspection): boolean {
  return waitingCount === 0 && holders.length === holderCount;
}

function heldOf({ name, holders }: LockInspection): LockInfo[] {
  // One whose lease is over is inside until somebody asks for the lock.
  const valid = holders.filter(({ remaining }) => remaining !== 0);
  return valid.map((holder) =>
    info(name, holder.kind === 'foreign' ? 'exclusive' : holder.mode, holder),
  );
}

function pendingOf({ name, waiting }: LockInspection): LockInfo[] {
  return waiting.map((waiter) => info(name, waiter.mode, waiter));
}

function info(
  name: string,
  mode: InspectedWaiter['mode'],
  who: InspectedHolder | InspectedWaiter,
): LockInfo {
  return { name: fromLockName(name), mode: modeOf(mode), clientId: clientIdOf(who) };
}

/** The platform knows no limits: who holds a lock with others has it as shared. */
function modeOf(mode: InspectedWaiter['mode']): LockMode {
  return mode === 'shared' || mode === 'limited' ? 'shared' : 'exclusive';
}

/** A locker, by the name that it gives itself, and by its own id, which no other has. */
function clientIdOf(who: InspectedHolder | InspectedWaiter): string {
  if (!('token' in who)) return 'foreign';
  const id = lockerIdOf(who.token);
  return who.owner === undefined ? id : `${who.owner}/${id}`;
}
