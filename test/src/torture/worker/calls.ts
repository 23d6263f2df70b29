import type { AcquireOptions, Lock, Locker } from '@holdfast/core';
import type { Operation } from '../history/record.js';
import type { Journal } from './journal.js';
import { outcomeOf } from './outcome.js';
import type { Witness } from './witness.js';

/** The calls of the library that a task makes, each written down with its limit and its end. */
export class Calls {
  readonly #locker: Locker;
  readonly #journal: Journal;
  readonly #witness: Witness;
  readonly #commandTimeout: number;

  constructor(locker: Locker, journal: Journal, witness: Witness, commandTimeout: number) {
    this.#locker = locker;
    this.#journal = journal;
    this.#witness = witness;
    this.#commandTimeout = commandTimeout;
  }

  acquire(name: string, limit: number, options: AcquireOptions & Terms): Promise<Lock> {
    return this.#taking('acquire', name, limit, options.ttl, () =>
      this.#locker.acquire(name, options),
    );
  }

  tryAcquire(name: string, { ttl, renew }: Terms): Promise<Lock | null> {
    return this.#taking('tryAcquire', name, this.#commandTimeout, ttl, () =>
      this.#locker.tryAcquire(name, { ttl, renew }),
    );
  }

  adopt(json: Parameters<Locker['adopt']>[0]): Promise<Lock> {
    return this.#taking('adopt', json.name, this.#commandTimeout, json.ttl, () =>
      this.#locker.adopt(json),
    );
  }

  /** For its caller one call, for us a wait and a release. */
  async using(
    name: string,
    limit: number,
    options: AcquireOptions & Terms,
    body: (lock: Lock) => Promise<void>,
  ): Promise<void> {
    let call = this.#journal.called('using', name, limit);
    try {
      await this.#locker.using(name, options, async (lock) => {
        this.#witness.granted(call, lock, options.ttl);
        this.#journal.answered(call, 'granted');
        try {
          await body(lock);
        } finally {
          call = this.#journal.called('release', name, this.#commandTimeout);
          this.#witness.releasing(call, lock);
        }
      });
      this.#journal.answered(call, 'done');
    } catch (error) {
      this.#journal.answered(call, outcomeOf(error));
      throw error;
    }
  }

  renew(lock: Lock): Promise<void> {
    return this.#doing('renew', lock.name, () => lock.renew());
  }

  release(lock: Lock): Promise<void> {
    return this.#doing('release', lock.name, (call) => {
      this.#witness.releasing(call, lock);
      return lock.release();
    });
  }

  handOver(lock: Lock): unknown {
    this.#witness.handingOver(lock);
    return lock.handOver();
  }

  close(): Promise<void> {
    return this.#doing('close', '', () => this.#locker.close());
  }

  async #taking<T extends Lock | null>(
    operation: Operation,
    name: string,
    limit: number,
    ttl: number,
    take: () => Promise<T>,
  ): Promise<T> {
    const call = this.#journal.called(operation, name, limit);
    try {
      const lock = await take();
      if (lock !== null) this.#witness.granted(call, lock, ttl);
      this.#journal.answered(call, lock === null ? 'busy' : 'granted');
      return lock;
    } catch (error) {
      this.#journal.answered(call, outcomeOf(error));
      throw error;
    }
  }

  async #doing(
    operation: Operation,
    name: string,
    act: (call: number) => Promise<void>,
  ): Promise<void> {
    const call = this.#journal.called(operation, name, this.#commandTimeout);
    try {
      await act(call);
      this.#journal.answered(call, 'done');
    } catch (error) {
      this.#journal.answered(call, outcomeOf(error));
      throw error;
    }
  }
}

/** How an acquisition is kept, said in full. */
interface Terms {
  readonly ttl: number;
  readonly renew: boolean;
}
