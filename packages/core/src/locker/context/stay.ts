import type { LockLostError } from '../../errors.js';
import type { Lock } from '../lock.js';

/** Where a lock is held. */
interface Caller {
  caller(): string;
}

/**
 * One acquisition and the calls under it: the one that made it and those that joined. The last to
 * leave gives the lock back.
 */
export class Stay {
  readonly locker: object;
  readonly lock: Lock;
  /** Who took it, for an error. */
  readonly holder: Caller;
  #calls = 0;

  constructor(locker: object, lock: Lock, holder: Caller) {
    this.locker = locker;
    this.lock = lock;
    this.holder = holder;
  }

  isOf(locker: object, lockName: string): boolean {
    return this.locker === locker && this.lock.name === lockName;
  }

  /** A call begins. */
  enter(): void {
    this.#calls += 1;
  }

  /**
   * A call ends.
   *
   * @throws {LockLostError} if the lock was lost while it ran.
   */
  leave(): Promise<void> {
    this.#calls -= 1;
    if (this.#calls === 0) return this.lock[Symbol.asyncDispose]();
    if (isLost(this.lock)) return Promise.reject(this.lock.signal.reason as LockLostError);
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
