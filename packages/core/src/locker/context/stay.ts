import type { LockLostError } from '../../errors.js';
import type { Lock } from '../lock.js';
import type { Held } from './call.js';

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
  readonly held: Held;
  /** Who took it, for an error. */
  readonly holder: Caller;
  #calls = 0;

  constructor(locker: object, held: Held, holder: Caller) {
    this.locker = locker;
    this.held = held;
    this.holder = holder;
  }

  /** The one with this name, of those that are held. */
  lockNamed(lockName: string): Lock | undefined {
    const { held } = this;
    if ('locks' in held) return held.locks.get(lockName);
    return held.name === lockName ? held : undefined;
  }

  /** What is held under these names: one lock of them, or all of them; undefined: not just these. */
  heldUnder(lockNames: string | readonly string[]): Held | undefined {
    if (typeof lockNames === 'string') return this.lockNamed(lockNames);
    const { held } = this;
    if (!('locks' in held) || held.names.length !== lockNames.length) return undefined;
    return lockNames.every((name) => held.locks.has(name)) ? held : undefined;
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
    if (this.#calls === 0) return this.held[Symbol.asyncDispose]();
    if (isLost(this.held)) return Promise.reject(this.held.signal.reason as LockLostError);
    return Promise.resolve();
  }
}

/** @throws {LockLostError} if the lock was lost. One that was released by hand was not. */
export function assertNotLost(lock: Held): void {
  if (isLost(lock)) throw lock.signal.reason;
}

export function isLost(lock: Held): boolean {
  // The signal is made when it is first asked for: not for each call that went well.
  return !lock.held && lock.signal.aborted;
}
