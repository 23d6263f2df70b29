import type { AcquireTimeoutError } from '@holdfast/core';
import type { UnfitKey } from './key/key-fit.js';
import type { LockedOptions, LockerFrom, OnBusy, SignalFrom } from './options.js';
import type { CannotLock } from './refusal.js';
import type { Skipped } from './skipped.js';

// oxlint-disable-next-line typescript/no-explicit-any -- whatever a method takes
type Anything = any;

/** Any method; one that cannot be locked among them, so that it can be told why. */
export type AnyMethod<This> = (this: This, ...args: Anything) => unknown;

/** A method that can be locked: it returns a promise. */
export type AsyncMethod<This> = (this: This, ...args: Anything) => PromiseLike<unknown>;

/** Never, if what was given to `@Locked` fits the method; else why it does not. */
export type Unfit<This, M extends AnyMethod<This>, Key, Busy, Signal, From> =
  TooWide<Busy, Signal, From> extends infer Why
    ? [Why] extends [never]
      ? UnfitMethod<This, M, Key, Busy, Signal, From>
      : Why
    : never;

/** As `Unfit`, for what stands in a field. */
export type UnfitField<This, Value, Key, Busy, Signal, From> =
  Value extends AnyMethod<This>
    ? Unfit<This, Value, Key, Busy, Signal, From>
    : CannotLock<'there has to be a function that returns a promise, and there is', Value>;

type UnfitMethod<This, M extends AnyMethod<This>, Key, Busy, Signal, From> = [
  ReturnType<M>,
] extends [PromiseLike<unknown>]
  ? MayGive<M, never> extends false
    ? CannotLock<
        'what comes back is a plain promise, and the method is declared to return more:',
        ReturnType<M>
      >
    : MayGive<M, WhenBusy<Busy>> extends false
      ? CannotLock<
          'the result of the method has no place for what comes of onBusy:',
          WhenBusy<Busy>
        >
      : UnfitCall<This, Parameters<M> | Overloads<M>, Key, Busy, Signal, From>
  : CannotLock<'the method has to return a promise, and returns', ReturnType<M>>;

/** Of a variable of type `LockedOptions` it is not known what it says. Never, if it is known. */
type TooWide<Busy, Signal, From> = true extends
  | Includes<Busy, OnBusy>
  | Includes<Signal, SignalFrom>
  | Includes<From, LockerFrom>
  ? CannotLock<'options need their own type, by `satisfies LockedOptions`, and not', LockedOptions>
  : never;

type Includes<Given, All> = [All] extends [Given] ? true : false;

/** The keys of a list. */
type EachOf<Key> = Key extends readonly unknown[] ? WithoutMode<Key[number]> : Key;

type WithoutMode<One> = One extends { readonly key: infer Key } ? Key : One;

type UnfitCall<This, Args extends Anything[], Key, Busy, Signal, From> =
  | UnfitKey<EachOf<Key>, This, Args>
  | UnfitFunction<'the key function', EachOf<Key>, This, Args>
  | UnfitFunction<'the function for onBusy', Busy, This, WithError<Args>>
  | UnfitFunction<'the function for signal', Signal, This, Args>
  | UnfitFunction<'the function for locker', From, This, [self: This]>
  | UnfitIndex<Signal, Args>;

/** Whether each signature of the method, for all its type parameters, may return a promise of it. */
type MayGive<M, R> = [(this: Anything, ...args: Anything[]) => Promise<R>] extends [M]
  ? true
  : false;

/** The parameters of each signature of a method; of more than six, of the last six. */
type Overloads<M> = M extends {
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
  ? [error: AcquireTimeoutError, ...args: Args]
  : never;

/** Never, if what was given is no function, or one that can be called with any of these arguments. */
type UnfitFunction<What extends string, Given, This, Args extends Anything[]> = Given extends (
  this: never,
  ...args: never[]
) => unknown
  ? Args extends Anything[]
    ? Given extends (this: This, ...args: Args) => unknown
      ? never
      : CannotLock<
          `${What} does not take what it is called with:`,
          (this: This, ...args: Args) => unknown
        >
    : never
  : never;

/** Never, if `Signal` is no index, or one where a signal can be among these arguments. */
type UnfitIndex<Signal, Args extends Anything[]> = Signal extends number
  ? CanBeSignal<NonNullable<Args[Signal]>> extends true
    ? never
    : CannotLock<
        `signal: ${Signal}, counted from 0, is not the index of an AbortSignal among the parameters`,
        Args
      >
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
