/** An instance of a service: a locker in a process of its own, told what to do by a test. */
import { once } from 'node:events';
import { setTimeout as elapse } from 'node:timers/promises';
import {
  type AcquireOptions,
  createLocker,
  type Lock,
  type LockerOptions,
  LockLostError,
} from '@holdfast/core';
import { serveWorker } from '@holdfast/support';
import { Observer } from './observer.js';
import { comesWithin } from './punctual.js';

export type Acquired = { readonly token: string; readonly fencingToken: number };

/** What a holder sees when it looks at its lock. */
export type View = {
  readonly held: boolean;
  readonly aborted: boolean;
  readonly reason: string | undefined;
};

type Options = Omit<AcquireOptions, 'signal'>;

export type Commands = {
  acquire(name: string, options?: Options): Promise<Acquired>;
  /** Several as one. */
  acquireAll(names: readonly string[], options?: Options): Promise<Acquired[]>;
  release(name: string): Promise<void>;
  /** Acquires, works for some milliseconds, releases. */
  turn(name: string, work: number, options?: Options): Promise<Acquired>;
  /** As often: acquires, appends its fencing token to a list in Redis, releases. */
  sign(name: string, list: string, times: number): Promise<void>;
  look(name: string): Promise<View>;
  /** Resolves when the holder has been told that it lost the lock. */
  told(name: string): Promise<View>;
  /** Whether it is told within so many ms. */
  isTold(name: string, time: number): Promise<boolean>;
  /** Blocks the event loop; what the next statement sees. */
  stall(name: string, time: number): Promise<View>;
  /** Runs without a pause until the process was stopped for `gap` ms; what the next statement sees. */
  spin(name: string, gap: number): Promise<View>;
  /** What reached the process's last resort. */
  faults(): Promise<string[]>;
  close(): Promise<void>;
};

const faults: string[] = [];
for (const event of ['unhandledRejection', 'uncaughtException']) {
  process.on(event, (error: unknown) => faults.push(`${event}: ${String(error)}`));
}

const locks = new Map<string, Lock>();
const settings = JSON.parse(process.argv[2] ?? '{}') as LockerOptions;
const locker = await createLocker(settings);

function lockOf(name: string): Lock {
  const lock = locks.get(name);
  if (lock === undefined) throw new Error(`This process never acquired ${name}.`);
  return lock;
}

function view(lock: Lock): View {
  // `held` first: it has to be right without anything having happened before.
  const { held } = lock;
  const { aborted } = lock.signal;
  const reason: unknown = lock.signal.reason;
  return { held, aborted, reason: reason instanceof LockLostError ? reason.reason : undefined };
}

function sleepInPlace(time: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, time);
}

const parent = serveWorker<Told>({
  async acquire(name, options) {
    const lock = await locker.acquire(name, options);
    locks.set(name, lock);
    return { token: lock.token, fencingToken: lock.fencingToken };
  },
  async acquireAll(names, options) {
    const set = await locker.acquire(names, options);
    return [...set.locks.values()].map(({ token, fencingToken }) => ({ token, fencingToken }));
  },
  release: async (name) => lockOf(name).release(),
  async turn(name, work, options) {
    await using lock = await locker.acquire(name, options);
    await elapse(work);
    return { token: lock.token, fencingToken: lock.fencingToken };
  },
  async sign(name, list, times) {
    const observer = await Observer.open(settings.url ?? '');
    for (let time = 0; time < times; time += 1) {
      await using lock = await locker.acquire(name);
      await observer.send('RPUSH', list, String(lock.fencingToken));
    }
    await observer[Symbol.asyncDispose]();
  },
  look: async (name) => view(lockOf(name)),
  async told(name) {
    const lock = lockOf(name);
    if (!lock.signal.aborted) await once(lock.signal, 'abort');
    return view(lock);
  },
  async isTold(name, time) {
    const { signal } = lockOf(name);
    return comesWithin(time, signal.aborted ? Promise.resolve() : once(signal, 'abort'));
  },
  async stall(name, time) {
    const lock = lockOf(name);
    sleepInPlace(time);
    return view(lock);
  },
  async spin(name, gap) {
    const lock = lockOf(name);
    let last = performance.now();
    parent.emit('spinning', lock.held);
    for (;;) {
      sleepInPlace(1);
      const now = performance.now();
      if (now - last > gap) return view(lock);
      last = now;
    }
  },
  faults: async () => faults,
  close: () => locker.close(),
} satisfies Commands);

export type Told = { readonly spinning: boolean };
