import type { Lock, Locker, LockLostError } from '@holdfast/core';
import { linger } from './linger.js';
import { now } from './time.js';

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

  isOf(locker: Locker, lockName: string): boolean {
    return this.locker === locker && this.lock.name === lockName;
  }

  /** A call begins. */
  enter(): void {
    this.#calls += 1;
  }

  /** The lock is to be kept for at least so many ms from now. */
  keep(holdAtLeast: number): void {
    this.#until = Math.max(this.#until, now() + holdAtLeast);
  }

  /**
   * A call ends. If the lock is to be kept for longer, that happens behind its back.
   *
   * @throws {LockLostError} if the lock was lost while it ran.
   */
  leave(): Promise<void> {
    this.#calls -= 1;
    const rest = this.#until === 0 ? 0 : this.#until - now();
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

export function isLost(lock: Lock): boolean {
  // The signal is made when it is first asked for: not for each call that went well.
  return !lock.held && lock.signal.aborted;
}
