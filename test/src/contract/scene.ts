import assert from 'node:assert/strict';
import { createLocker, type Locker, type LockerOptions } from '@holdfast/core';

type Where = Pick<LockerOptions, 'url' | 'redis' | 'client' | 'sentinel' | 'store'>;

/** Options of a locker, apart from where its locks are. */
export type Terms = Omit<LockerOptions, keyof Where>;

/** A store to hold to the contract. Lockers that are opened on the same ground share it. */
export interface Ground extends AsyncDisposable {
  readonly where: Where;
  /** Resolves when so many stand in line for the lock. */
  queued(name: string, count: number): Promise<void>;
  /** The keys that are there, apart from the store's clock. */
  leftovers(): Promise<readonly string[]>;
}

/** One test on a ground: it opens lockers, and leaves nothing behind. */
export class Scene implements AsyncDisposable {
  readonly #ground: Ground;
  readonly #lockers: Locker[] = [];

  constructor(ground: Ground) {
    this.#ground = ground;
  }

  /** Another process, as far as the protocol is concerned. */
  async locker(terms: Terms = {}): Promise<Locker> {
    const locker = await createLocker({ ...terms, ...this.#ground.where });
    this.#lockers.push(locker);
    return locker;
  }

  queued(name: string, count: number): Promise<void> {
    return this.#ground.queued(name, count);
  }

  /** Closes what the test left open, and looks at what stays. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#lockers.map((locker) => locker.close()));
    assert.deepEqual(await this.#ground.leftovers(), []);
  }
}

/** Declares one promise of the contract. */
export type Promises = (promise: string, keep: (scene: Scene) => Promise<void>) => void;
