import type { AnyMethod, AsyncMethod, Unfit, UnfitField } from './fit.js';
import type { LockedKey, LockerFrom, OnBusy, SignalFrom } from './options.js';
import type { CannotLock, IfRefused } from './refusal.js';

/**
 * What `@Locked` returns: a decorator of methods in both dialects, and of fields with a function in
 * the standard one. Where a method does not return a promise, or what was given to `@Locked` does
 * not fit it, the compiler refuses: the signatures that return a `CannotLock` come before the one
 * that accepts.
 */
export interface LockedDecorator<
  Key extends LockedKey,
  Busy extends OnBusy,
  Signal extends SignalFrom,
  From extends LockerFrom,
> {
  // Legacy ones first: standard decorators are told apart from them by the number of arguments alone.
  <This extends object, Value>(
    target: This,
    name: string | symbol,
    descriptor: TypedPropertyDescriptor<Value> &
      IfRefused<UnfitField<This, Value, Key, Busy, Signal, From>>,
  ): UnfitField<This, Value, Key, Busy, Signal, From>;
  <This extends object, M extends AsyncMethod<This>>(
    target: This,
    name: string | symbol,
    descriptor: TypedPropertyDescriptor<M>,
  ): TypedPropertyDescriptor<M>;

  <This, M extends AnyMethod<This>>(
    method: M,
    context: ClassMethodDecoratorContext<This, M> &
      IfRefused<Unfit<This, M, Key, Busy, Signal, From>>,
  ): Unfit<This, M, Key, Busy, Signal, From>;
  <This, M extends AsyncMethod<This>>(method: M, context: ClassMethodDecoratorContext<This, M>): M;

  <This, Value>(
    field: undefined,
    context: ClassFieldDecoratorContext<This, Value> &
      IfRefused<UnfitField<This, Value, Key, Busy, Signal, From>>,
  ): UnfitField<This, Value, Key, Busy, Signal, From>;
  <This, M extends AsyncMethod<This>>(
    field: undefined,
    context: ClassFieldDecoratorContext<This, M>,
  ): (initial: M) => M;

  <Context extends DecoratorContext>(
    value: unknown,
    context: Context,
  ): CannotLock<'@Locked stands on a method or a function in a field, and not on', Context['kind']>;
  (
    target: object,
    name?: string | symbol,
    index?: number,
  ): CannotLock<'@Locked stands on a method, and not on', 'class' | 'field' | 'parameter'>;
}
