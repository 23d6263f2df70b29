import type { ResolvedUsingOptions, UsingOptions } from '../acquire-options.js';
import type { Call, Held } from './call.js';

/** How the lock of a call is taken, or several as one, by options that were parsed. */
export type Take<Names, H> = (names: Names, options: ResolvedUsingOptions) => Promise<H>;

/** One call of `using`. */
export class UsingCall<T, H extends Held, Names extends string | readonly string[]> implements Call<
  object,
  T,
  H
> {
  readonly lockNames: Names;
  readonly ttl: number | undefined;
  readonly renew: boolean | undefined;
  readonly onLost = 'throw';
  readonly work: (held: H) => T | PromiseLike<T>;
  readonly #take: Take<Names, H>;
  readonly #options: ResolvedUsingOptions;

  constructor(
    lockNames: Names,
    { ttl, renew }: UsingOptions,
    options: ResolvedUsingOptions,
    take: Take<Names, H>,
    work: (held: H) => T | PromiseLike<T>,
  ) {
    this.lockNames = lockNames;
    this.ttl = ttl === undefined ? undefined : options.ttl;
    this.renew = renew;
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

  acquire(): Promise<H> {
    return this.#take(this.lockNames, this.#options);
  }

  caller(): string {
    return 'using';
  }
}
