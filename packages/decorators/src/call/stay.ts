import type { Lock, Locker } from '@holdfast/core';
import { outside } from './frame.js';

/** The core renews a lease to no less, in ms. */
const SHORTEST_TTL = 10;

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
  async leave(): Promise<void> {
    this.#calls -= 1;
    const rest = this.#until - performance.now();
    if (this.#calls === 0 && rest <= 0) return outside(() => this.lock[Symbol.asyncDispose]());
    assertNotLost(this.lock);
    if (this.#calls === 0) outside(() => linger(this.lock, rest));
    return undefined;
  }
}

/** @throws {LockLostError} if the lock was lost. One that was released by hand was not. */
export function assertNotLost({ held, signal }: Lock): void {
  if (!held && signal.aborted) throw signal.reason;
}

/** Gives the lock back after `rest` ms. The lease outlives a process that ends before that. */
function linger(lock: Lock, rest: number): void {
  if (!lock.held) return;
  const time = Math.ceil(rest) + 1;
  if (lock.remaining < time) lock.renew(Math.max(time, SHORTEST_TTL)).catch(() => {});
  const timer = setTimeout(() => {
    lock[Symbol.asyncDispose]().catch(() => {});
  }, time);
  timer.unref();
  // Nothing is left to give back when the lock is lost or the locker closes.
  lock.signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
}
