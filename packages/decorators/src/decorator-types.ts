import type { AcquireTimeoutError } from '@holdfast/core';
import type { LockedKey, LockerFrom, OnBusy, SignalFrom } from './options.js';

// oxlint-disable-next-line typescript/no-explicit-any -- whatever a method takes
type Anything = any;

/** A method that can be locked: it returns a promise. */
export type AsyncMethod<This> = (this: This, ...args: Anything) => PromiseLike<unknown>;

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
type Decorated<This, M extends AsyncMethod<This>, Key, Busy, Signal, From> = [
  | Unfit<Key, This, Parameters<M>>
  | Unfit<Signal, This, Parameters<M>>
  | Unfit<Busy, This, [error: AcquireTimeoutError, ...Parameters<M>]>
  | Unfit<From, This, [self: This]>,
] extends [never]
  ? [WhenBusy<Busy>] extends [Awaited<ReturnType<M>>]
    ? M
    : (this: This, ...args: Parameters<M>) => Promise<Awaited<ReturnType<M>> | WhenBusy<Busy>>
  : FunctionDoesNotFit;

/** A function that was given to `@Locked` takes something else than this method takes. */
export interface FunctionDoesNotFit {
  readonly 'a function given to @Locked does not take the `this` and the parameters of the method': never;
}

/** Never, if `F` is no function, or one that can be called so. */
type Unfit<F, This, Args extends Anything[]> = F extends (this: never, ...args: never[]) => unknown
  ? F extends (this: This, ...args: Args) => unknown
    ? never
    : FunctionDoesNotFit
  : never;

/** What a call can resolve with that did not get the lock. */
type WhenBusy<Busy> = Busy extends 'skip'
  ? undefined
  : Busy extends (...args: never[]) => infer R
    ? Awaited<R>
    : never;
