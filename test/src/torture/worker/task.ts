import { setTimeout as elapse } from 'node:timers/promises';
import { HoldfastError, type Lock, type LockJSON, type LockSet } from '@holdfast/core';
import { now } from '../clock.js';
import type { Calls } from './calls.js';
import { type Choice, isGuard } from './choice.js';
import type { Journal } from './journal.js';
import { Impatience } from './outcome.js';
import type { RegisterClient } from './register-client.js';

/** What the tasks of a process share. */
export interface World {
  readonly calls: Calls;
  readonly journal: Journal;
  readonly register: RegisterClient;
  /** Passes on a lock that was handed over. */
  readonly offer: (json: unknown) => void;
}

/** For a caller that gives up, to be told so: the time for the answer to its cancel, in ms. */
const LEAVING = 100;

/** Acquires, works, writes, gives back. */
export async function turn(world: World, choice: Choice): Promise<void> {
  const { calls } = world;
  const { lock: name, way, ttl, keeping, waitTimeout, patience } = choice;
  const terms = { ttl, renew: keeping === 'renewed' };
  if (way === 'tryAcquire') {
    const lock = await calls.tryAcquire(name, terms);
    if (lock !== null) await workAndRelease(world, choice, lock);
    return;
  }
  const limit = Math.min(waitTimeout, patience ?? Infinity) + LEAVING;
  const giveUp = new AbortController();
  const timer = setTimeout(() => giveUp.abort(new Impatience()), patience ?? 0);
  if (patience === undefined) clearTimeout(timer);
  const options = { ...terms, waitTimeout, signal: giveUp.signal };
  try {
    if (isGuard(way)) {
      const call = { name, signal: giveUp.signal };
      await calls.guarded(way, choice.joins, limit, call, (lock) => work(world, choice, lock));
      return;
    }
    if (way === 'using') {
      await calls.using(name, limit, options, (lock) => work(world, choice, lock));
      return;
    }
    if (way === 'several') {
      const locks = await calls.acquireSeveral([name, ...choice.others], limit, options);
      await workUnderSeveral(world, choice, locks);
      return;
    }
    const lock = await calls.acquire(name, limit, options);
    await workAndRelease(world, choice, lock);
  } finally {
    clearTimeout(timer);
  }
}

/** Goes on with a lock that another process handed over. */
export async function adopted(world: World, json: LockJSON): Promise<void> {
  const lock = await world.calls.adopt(json);
  await write(world, lock);
  await elapse(json.ttl / 3);
  await write(world, lock);
  await world.calls.release(lock);
}

async function workAndRelease(world: World, choice: Choice, lock: Lock): Promise<void> {
  const { calls } = world;
  try {
    if (choice.work > 0) await work(world, choice, lock);
  } finally {
    if (choice.way === 'hand over' && lock.held) world.offer(calls.handOver(lock));
    else await calls.release(lock);
  }
}

/** Writes to each register, works, writes to those that it still holds, or to all of them. */
async function workUnderSeveral(world: World, choice: Choice, set: LockSet): Promise<void> {
  const { careless, work: time } = choice;
  const locks = [...set.locks.values()];
  try {
    await Promise.all(locks.map((lock) => write(world, lock)));
    await elapse(time);
    if (careless || set.held) await Promise.all(locks.map((lock) => write(world, lock)));
  } finally {
    await world.calls.releaseSeveral(set);
  }
}

/** Works under the lock for a while, and writes what it made of it to the register. */
async function work(world: World, choice: Choice, lock: Lock): Promise<void> {
  const { keeping, work: time, careless, ttl } = choice;
  if (lock.held) await write(world, lock);
  const end = performance.now() + time;
  for (let left = time; left > 0; left = end - performance.now()) {
    const pause = keeping === 'renewed by hand' ? Math.min(left, ttl / 3) : left;
    if (careless) await elapse(pause);
    else await elapse(pause, undefined, { signal: lock.signal }).catch(() => {});
    if (!careless && !lock.held) return;
    if (keeping === 'renewed by hand' && pause < left) await renewed(world, lock);
  }
  await write(world, lock);
}

/** What keeps a renewal from being confirmed ends the work only when the lock is lost. */
async function renewed({ calls }: World, lock: Lock): Promise<void> {
  try {
    await calls.renew(lock);
  } catch (error) {
    if (!(error instanceof HoldfastError) || !lock.held) throw error;
  }
}

async function write({ register, journal }: World, lock: Lock): Promise<void> {
  const at = now();
  const accepted = await register.write(lock.name, lock.fencingToken);
  journal.write({ kind: 'wrote', at, to: now(), owner: lock.token, accepted });
}
