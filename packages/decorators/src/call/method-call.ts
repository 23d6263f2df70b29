import type { Locker } from '@holdfast/core';
import type { Call, Held } from '@holdfast/core/wrapping';
import { nameOf } from '../label.js';
import { refuseGenerator } from './refuse-generator.js';
import type { AnyFunction, Terms } from './terms.js';

/** One call of a method with `@Locked`. */
export class MethodCall implements Call<Locker, unknown> {
  readonly lockNames: string | readonly string[];
  readonly signal: AbortSignal | undefined;
  readonly #terms: Terms;
  readonly #method: AnyFunction;
  readonly #self: unknown;
  readonly #args: readonly unknown[];

  constructor(
    terms: Terms,
    method: AnyFunction,
    self: unknown,
    args: readonly unknown[],
    lockNames: string | readonly string[],
    signal: AbortSignal | undefined,
  ) {
    this.lockNames = lockNames;
    this.signal = signal;
    this.#terms = terms;
    this.#method = method;
    this.#self = self;
    this.#args = args;
  }

  get ttl(): number | undefined {
    return this.#terms.acquire.ttl;
  }

  get renew(): boolean | undefined {
    return this.#terms.acquire.renew;
  }

  get holdAtLeast(): number {
    return this.#terms.acquire.holdAtLeast;
  }

  get reentrant(): boolean {
    return this.#terms.reentrant;
  }

  get onLost(): 'throw' | 'ignore' {
    return this.#terms.onLost;
  }

  acquire(locker: Locker): Promise<Held> {
    const { acquire } = this.#terms;
    const { signal, lockNames } = this;
    const options = signal === undefined ? acquire : { ...acquire, signal };
    return typeof lockNames === 'string'
      ? locker.acquire(lockNames, options)
      : locker.acquire(lockNames, options);
  }

  work(): unknown {
    const result = this.#method.apply(this.#self, [...this.#args]);
    return refuseGenerator(result, this.#terms.label, this.#self);
  }

  caller(): string {
    return `@Locked on ${nameOf(this.#terms.label, this.#self)}`;
  }
}
