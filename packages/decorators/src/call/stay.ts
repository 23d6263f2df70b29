import type { Lock, Locker, LockLostError } from '@holdfast/core';

/** The longest time that a timer and a ttl take, in ms. */
const LONGEST = 2 ** 31 - 1;

/**
 * One acquisition and the calls under it: the one that made it and those that joined. The last to
 * leave gives the lock back.
 */
export class Stay {
  readonly locker: Locker;
  readonly lock: Lock;
  #calls = 0;
  #until = 0;

  constructor(locker: Locker, lock: Lock) {
    this.locker = locker;
    this.lock = lock;
  }

  /** A call begins; the lock is to be kept for at least so many ms from now. */
  enter(holdAtLeast: number): void {
    this.#calls += 1;
    if (holdAtLeast > 0) this.#until = Math.max(this.#until, performance.now() + holdAtLeast);
  }

  /**
   * A call ends. If the lock is to be kept for longer, that happens behind its back.
   *
   * @throws {LockLostError} if the lock was lost while it ran.
   */
  leave(): Promise<void> {
    this.#calls -= 1;
    const rest = this.#until - performance.now();
    if (this.#calls === 0 && rest <= 0) return this.lock[Symbol.asyncDispose]();
    if (isLost(this.lock)) return Promise.reject(this.lock.signal.reason as LockLostError);
    if (this.#calls === 0) linger(this.lock, rest);
    return Promise.resolve();
  }
}

/** @throws {LockLostError} if the lock was lost. One that was released by hand was not. */
export function assertNotLost(lock: Lock): void {
  if (isLost(lock)) throw lock.signal.reason;
}

function isLost(lock: Lock): boolean {
  // The signal is made when it is first asked for: not for each call that went well.
  return !lock.held && lock.signal.aborted;
}

/** Gives the lock back after `rest` ms. Until then the lease itself covers them. */
function linger(lock: Lock, rest: number): void {
  if (!lock.held) return;
  const time = Math.ceil(rest) + 1;
  // If this process ends without closing its locker, nobody renews or releases any more. There is
  // room for the deadline, which is before the end of the lease, and for the release.
  const lease = Math.min(Math.ceil(time * 1.05) + 50, LONGEST);
  if (lock.remaining < time) lock.renew(lease).catch(() => {});
  const timer = setTimeout(
    () => {
      lock[Symbol.asyncDispose]().catch(() => {});
    },
    Math.min(time, LONGEST),
  );
  timer.unref();
  // Nothing is left to give back when the lock is lost or the locker closes.
  lock.signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
}
