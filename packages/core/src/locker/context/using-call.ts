import type { ResolvedUsingOptions, UsingOptions } from '../acquire-options.js';
import type { Lock } from '../lock.js';
import type { ModeOptions, WeightOptions } from '../mode.js';
import type { Call } from './call.js';

/** How the lock of a call is taken, by options that were parsed. */
export type Take = (name: string, options: ResolvedUsingOptions) => Promise<Lock>;

/** One call of `using`. */
export class UsingCall<T> implements Call<object, T> {
  readonly lockName: string;
  readonly ttl: number | undefined;
  readonly renew: boolean | undefined;
  readonly asks: ModeOptions & WeightOptions;
  readonly onLost = 'throw';
  readonly work: (lock: Lock) => T | PromiseLike<T>;
  readonly #take: Take;
  readonly #options: ResolvedUsingOptions;

  constructor(
    lockName: string,
    given: UsingOptions,
    options: ResolvedUsingOptions,
    take: Take,
    work: (lock: Lock) => T | PromiseLike<T>,
  ) {
    this.lockName = lockName;
    this.ttl = given.ttl === undefined ? undefined : options.ttl;
    this.renew = given.renew;
    this.asks = given;
    this.work = work;
    this.#take = take;
    this.#options = options;
  }

  get signal(): ResolvedUsingOptions['signal'] {
    return this.#options.signal;
  }

  get holdAtLeast(): number {
    return this.#options.holdAtLeast;
  }

  get reentrant(): boolean {
    return this.#options.reentrant;
  }

  acquire(): Promise<Lock> {
    return this.#take(this.lockName, this.#options);
  }

  caller(): string {
    return 'using';
  }
}
