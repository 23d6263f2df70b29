import type { Lock as Held } from '../locker/lock.js';
import type { Locker } from '../locker/locker.js';
import { orAborted } from '../locker/or-aborted.js';
import { show } from '../runtime/duration.js';
import { type Asked, parseRequest } from './arguments.js';
import { holdDuring, leave } from './hold-during.js';
import { toLockName } from './names.js';
import type { LockManager, LockManagerSnapshot } from './platform.js';
import { snapshot } from './snapshot.js';
import { Turns } from './turns.js';

/**
 * The interface of `navigator.locks`, across processes: code that is written for browsers, Deno or newer
 * versions of Node takes its locks from Redis, or wherever the locker has them. A name is the same lock
 * for `locker.acquire`.
 *
 * A lock is kept as the locker keeps it (`ttl`, `maxHold`, `onOutage`), and renewed until the callback
 * settles. A wait has no limit but the `signal` of the request.
 *
 * @example
 * ```ts
 * import { createLocker } from '@holdfast/core';
 * import { lockManager } from '@holdfast/core/web-locks';
 *
 * const locks = lockManager(await createLocker());
 * await locks.request('reports', { mode: 'shared' }, async (lock) => {
 *   console.log(lock?.name, lock?.mode);
 * });
 * ```
 *
 * @throws {TypeError} if it is not given a locker.
 */
export function lockManager(locker: Locker): LockManager {
  if (!isLocker(locker)) throw new TypeError(`lockManager: ${show(locker)} is not a locker.`);
  return new LockerLocks(locker);
}

/** By its shape: one of another copy of this package is as good. */
function isLocker(value: unknown): value is Locker {
  if (typeof value !== 'object' || value === null) return false;
  const { listen, request, inspect } = value as Partial<Locker>;
  return [listen, request, inspect].every((method) => typeof method === 'function');
}

class LockerLocks implements LockManager {
  readonly #locker: Locker;
  readonly #turns = new Turns();
  /** Whoever holds a lock is told at once when it is stolen, and whoever asks can stand in line at once. */
  #listening: Promise<void> | undefined;

  constructor(locker: Locker) {
    this.#locker = locker;
    this.#listening = locker.listen().then(() => {
      this.#listening = undefined;
    });
  }

  async request<T>(...args: readonly unknown[]): Promise<Awaited<T>> {
    const asked = parseRequest<T>(args);
    const held = await this.#take(asked);
    const { name, signal, callback } = asked;
    if (held === null) return callback(null) as Awaited<T>;
    // It was said to be stolen already. The callback is not called for what is lost.
    if (held.doubt !== undefined) await orAborted(held.doubt, signal);
    // It was granted before, and nobody knew.
    if (signal?.aborted === true) {
      await leave(held);
      throw signal.reason;
    }
    return holdDuring(held, asked, () => this.#turns.asking(name));
  }

  async query(): Promise<LockManagerSnapshot> {
    await this.#turns.over();
    return snapshot(this.#locker);
  }

  async #take({ name, mode, ifAvailable, steal, signal }: Asked<unknown>): Promise<Held | null> {
    const lockName = toLockName(name);
    const turn = this.#turns.take(name, mode);
    if (this.#listening !== undefined || turn.comes !== undefined) {
      const ready = Promise.all([this.#listening, turn.comes]);
      await orAborted(ready, signal);
      if (signal?.aborted === true) {
        // Those behind it are still behind those before it.
        void ready.then(turn.end);
        throw signal.reason;
      }
    }
    try {
      if (ifAvailable) return await this.#locker.tryAcquire(lockName, { mode, renew: true });
      const asks = { mode, signal, steals: steal, waits: turn.end };
      return await this.#locker.request(lockName, asks);
    } finally {
      turn.end();
    }
  }

  get [Symbol.toStringTag](): string {
    return 'LockManager';
  }
}
