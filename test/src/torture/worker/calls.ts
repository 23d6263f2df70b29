import type { AcquireOptions, Lock, LockJSON, Locker, LockSet } from '@holdfast/core';
import { assertLocked } from '@holdfast/decorators';
import type { Operation } from '../history/record.js';
import type { Journal } from './journal.js';
import { outcomeOf } from './outcome.js';
import { type Guard, type GuardCall, Guarded, GUARDS } from './guarded.js';
import type { Witness } from './witness.js';

/** The calls of the library that a task makes, each written down with its limit and its end. */
export class Calls {
  readonly #locker: Locker;
  readonly #guarded: Guarded;
  readonly #journal: Journal;
  readonly #witness: Witness;
  readonly #commandTimeout: number;

  constructor(locker: Locker, journal: Journal, witness: Witness, commandTimeout: number) {
    this.#locker = locker;
    this.#guarded = new Guarded(locker);
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

  async acquireSeveral(
    names: readonly string[],
    limit: number,
    options: AcquireOptions & Terms,
  ): Promise<LockSet> {
    const call = this.#journal.called('acquire several', names.join(' and '), limit);
    try {
      const set = await this.#locker.acquire(names, options);
      for (const lock of set.locks.values()) this.#witness.granted(call, lock, options.ttl);
      this.#journal.answered(call, 'granted');
      return set;
    } catch (error) {
      this.#journal.answered(call, outcomeOf(error));
      throw error;
    }
  }

  releaseSeveral(set: LockSet): Promise<void> {
    return this.#doing('release', set.names.join(' and '), (call) => {
      for (const lock of set.locks.values()) this.#witness.releasing(call, lock);
      return set.release();
    });
  }

  adopt(json: LockJSON): Promise<Lock> {
    const { name, token, ttl } = json;
    return this.#taking(
      'adopt',
      name,
      this.#commandTimeout,
      ttl,
      () => this.#locker.adopt(json),
      token,
    );
  }

  using(name: string, limit: number, options: AcquireOptions & Terms, body: Body): Promise<void> {
    return this.#under('using', name, limit, options.ttl, body, (inside) =>
      this.#locker.using(name, options, inside),
    );
  }

  /** A decorated method, which calls itself so many times before it does its work. */
  guarded(guard: Guard, joins: number, limit: number, call: GuardCall, body: Body): Promise<void> {
    const { name, signal } = call;
    const { ttl, waitTimeout } = GUARDS[guard];
    const methods = this.#guarded;
    const inside: Body = joins === 0 ? body : () => methods.join(guard, joins, call, body);
    const run = (enter: Body): Promise<void> =>
      methods[guard](name, signal, () => enter(assertLocked(name)));
    return waitTimeout === 0
      ? this.#under('tryAcquire', name, this.#commandTimeout, ttl, inside, run)
      : this.#under('locked', name, limit, ttl, inside, run);
  }

  /** For its caller one call, for us a wait and a release. */
  async #under(
    operation: Operation,
    name: string,
    limit: number,
    ttl: number,
    body: Body,
    run: (inside: Body) => Promise<void>,
  ): Promise<void> {
    let call = this.#journal.called(operation, name, limit);
    let ending = 'busy';
    try {
      await run(async (lock) => {
        this.#witness.granted(call, lock, ttl);
        this.#journal.answered(call, 'granted');
        try {
          await body(lock);
        } finally {
          call = this.#journal.called('release', name, this.#commandTimeout);
          this.#witness.releasing(call, lock);
          ending = 'done';
        }
      });
      this.#journal.answered(call, ending);
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
    owner?: string,
  ): Promise<T> {
    const call = this.#journal.called(operation, name, limit, owner);
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

type Body = (lock: Lock) => Promise<void>;

/** How an acquisition is kept, said in full. */
interface Terms {
  readonly ttl: number;
  readonly renew: boolean;
}
