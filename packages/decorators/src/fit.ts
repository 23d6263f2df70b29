import type { AcquireTimeoutError } from '@holdfast/core';
import type { LockedKey, LockerFrom, OnBusy, SignalFrom } from './options.js';
import type { Skipped } from './skipped.js';

// oxlint-disable-next-line typescript/no-explicit-any -- whatever a method takes
type Anything = any;

/** A method that can be locked: it returns a promise. */
export type AsyncMethod<This> = (this: This, ...args: Anything) => PromiseLike<unknown>;

/** Never, if what was given to `@Locked` fits the method. */
export type Reason<This, M, Args extends Anything[], Key, Busy, Signal, From> = [
  Wide<Key, LockedKey> | Wide<Busy, OnBusy> | Wide<Signal, SignalFrom> | Wide<From, LockerFrom>,
] extends [never]
  ? MayGive<M, never> extends false
    ? ResultDoesNotFit
    : MayGive<M, WhenBusy<Busy>> extends false
      ? BusyDoesNotFit
      : | Unfit<Key, This, Args>
        | Unfit<Signal, This, Args>
        | UnfitIndex<Signal, Args>
        | Unfit<Busy, This, WithError<Args>>
        | Unfit<From, This, [self: This]>
  : OptionsAreTooWide;

/** A function that was given to `@Locked` takes something else than this method takes. */
export interface FunctionDoesNotFit {
  readonly 'a function given to @Locked does not take the `this` and the parameters of the method': never;
}

/** The method is declared to return more than a promise, which is what the decorated one returns. */
export interface ResultDoesNotFit {
  readonly 'the decorated method returns a plain promise, and the method is declared to return more': never;
}

/** A call that does not get the lock gives something that is no result of the method. */
export interface BusyDoesNotFit {
  readonly 'the result of the method has no place for what comes of onBusy': never;
}

/** The argument that was named as the signal is none. */
export interface SignalDoesNotFit {
  readonly 'the method has no parameter with this index that could be an AbortSignal': never;
}

/** Of a variable of type `LockedOptions` it is not known what it says. */
export interface OptionsAreTooWide {
  readonly 'options for @Locked need their own type: `satisfies LockedOptions`, not `: LockedOptions`': never;
}

/** Never, if it is known what was given, or that nothing was. */
type Wide<Given, All> = [All] extends [Given] ? OptionsAreTooWide : never;

/** Whether each signature of the method, for all its type parameters, may return a promise of it. */
type MayGive<M, R> = [(this: Anything, ...args: Anything[]) => Promise<R>] extends [M]
  ? true
  : false;

/** The parameters of each signature of a method; of more than six, of the last six. */
export type Overloads<M> = M extends {
  (...args: infer A): unknown;
  (...args: infer B): unknown;
  (...args: infer C): unknown;
  (...args: infer D): unknown;
  (...args: infer E): unknown;
  (...args: infer F): unknown;
}
  ? A | B | C | D | E | F
  : never;

type WithError<Args extends Anything[]> = Args extends Anything[]
  ? [error: AcquireTimeoutError, ...Args]
  : never;

/** Never, if `F` is no function, or one that can be called with any of these arguments. */
type Unfit<F, This, Args extends Anything[]> = F extends (this: never, ...args: never[]) => unknown
  ? Args extends Anything[]
    ? F extends (this: This, ...args: Args) => unknown
      ? never
      : FunctionDoesNotFit
    : never
  : never;

/** Never, if `Signal` is no index, or one where a signal can be among these arguments. */
type UnfitIndex<Signal, Args extends Anything[]> = Signal extends number
  ? CanBeSignal<NonNullable<Args[Signal]>> extends true
    ? never
    : SignalDoesNotFit
  : never;

type CanBeSignal<T> = [T] extends [never]
  ? false
  : [AbortSignal] extends [T]
    ? true
    : [T] extends [AbortSignal]
      ? true
      : false;

/** What a call can resolve with that did not get the lock. */
type WhenBusy<Busy> = Busy extends 'skip'
  ? undefined
  : Busy extends Skipped
    ? Skipped
    : Busy extends (...args: never[]) => infer R
      ? Awaited<R>
      : never;
