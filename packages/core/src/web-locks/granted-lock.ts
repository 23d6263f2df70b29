import type { Lock as Held } from '../locker/lock.js';
import type { Lock, LockMode } from './platform.js';

/** What a callback is given. */
export class GrantedLock implements Lock {
  readonly name: string;
  readonly mode: LockMode;
  readonly #held: Held;

  constructor(name: string, mode: LockMode, held: Held) {
    this.name = name;
    this.mode = mode;
    this.#held = held;
  }

  get signal(): AbortSignal {
    return this.#held.signal;
  }

  get fencingToken(): number {
    return this.#held.fencingToken;
  }

  get [Symbol.toStringTag](): string {
    return 'Lock';
  }
}
