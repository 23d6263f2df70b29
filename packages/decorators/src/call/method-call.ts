import type { Locker, LockRequest } from '@holdfast/core';
import type { Call, Held } from '@holdfast/core/wrapping';
import type { Wanted } from '../key/several.js';
import { nameOf } from '../label.js';
import type { Asks } from '../parse-mode.js';
import { refuseGenerator } from './refuse-generator.js';
import type { AcquireTerms, AnyFunction, Terms } from './terms.js';

/** One call of a method with `@Locked`. */
export class MethodCall implements Call<Locker, unknown> {
  readonly lockNames: string | readonly string[];
  readonly asksOf: ReadonlyMap<string, Asks> | undefined;
  readonly signal: AbortSignal | undefined;
  readonly #wanted: Wanted;
  readonly #terms: Terms;
  readonly #method: AnyFunction;
  readonly #self: unknown;
  readonly #args: readonly unknown[];

  constructor(
    terms: Terms,
    method: AnyFunction,
    self: unknown,
    args: readonly unknown[],
    wanted: Wanted,
    signal: AbortSignal | undefined,
  ) {
    this.#wanted = wanted;
    if (typeof wanted === 'string') {
      this.lockNames = wanted;
      this.asksOf = undefined;
    } else {
      this.lockNames = wanted.map((one) => (typeof one === 'string' ? one : one.name));
      this.asksOf = asksOf(wanted);
    }
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

  get asks(): AcquireTerms {
    return this.#terms.acquire;
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
    const { signal } = this;
    const wanted = this.#wanted;
    const options = signal === undefined ? acquire : { ...acquire, signal };
    return typeof wanted === 'string'
      ? locker.acquire(wanted, options)
      : locker.acquire(wanted, options);
  }

  work(): unknown {
    const result = this.#method.apply(this.#self, [...this.#args]);
    return refuseGenerator(result, this.#terms.label, this.#self);
  }

  caller(): string {
    return `@Locked on ${nameOf(this.#terms.label, this.#self)}`;
  }
}

/** Of those that are wanted in their own way. */
function asksOf(wanted: readonly (string | LockRequest)[]): ReadonlyMap<string, Asks> {
  return new Map(
    wanted.flatMap((one) => {
      if (typeof one === 'string') return [];
      const { name, ...asks } = one;
      return [[name, asks]];
    }),
  );
}
