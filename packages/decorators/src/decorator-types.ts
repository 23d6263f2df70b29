import type { AsyncMethod, Overloads, Reason } from './fit.js';
import type { LockedKey, LockerFrom, OnBusy, SignalFrom } from './options.js';

/**
 * What `@Locked` returns: a decorator of methods in both dialects, and of fields with a function in
 * the standard one. Where a method does not return a promise, or where what was given to `@Locked`
 * does not fit it, the compiler refuses.
 */
export interface LockedDecorator<
  Key extends LockedKey,
  Busy extends OnBusy,
  Signal extends SignalFrom,
  From extends LockerFrom,
> {
  <This, M extends AsyncMethod<This>>(
    method: M,
    context: ClassMethodDecoratorContext<This, M>,
  ): Decorated<This, M, Key, Busy, Signal, From>;
  <This, M extends AsyncMethod<This>>(
    field: undefined,
    context: ClassFieldDecoratorContext<This, M>,
  ): (initial: M) => Decorated<This, M, Key, Busy, Signal, From>;
  <This extends object, M extends AsyncMethod<This>>(
    target: This,
    name: string | symbol,
    descriptor: TypedPropertyDescriptor<M>,
  ): TypedPropertyDescriptor<Decorated<This, M, Key, Busy, Signal, From>>;
}

/** The method itself, or a type that is not assignable to it and says why. */
type Decorated<This, M extends AsyncMethod<This>, Key, Busy, Signal, From> =
  Reason<This, M, Parameters<M> | Overloads<M>, Key, Busy, Signal, From> extends infer Why
    ? [Why] extends [never]
      ? M
      : Why
    : never;
