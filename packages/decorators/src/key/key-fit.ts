import type { CannotLock } from '../refusal.js';
import type { LockKeyPart } from './part.js';

/**
 * Never, if the placeholders of a key fit a method with this `this` and these parameters, as far as
 * types tell. A key whose text is not known is not looked at; of several signatures, or members of a
 * union, one that fits is enough; what may be undefined is left to the call.
 */
export type UnfitKey<Key, This, Args extends unknown[]> = Key extends string
  ? IsLiteral<Key> extends true
    ? UnfitPath<Placeholders<Key>, This, Args>
    : never
  : never;

/** Neither `string` nor a pattern such as `order:${string}`, whose record needs no property. */
type IsLiteral<Text extends string> = {} extends Record<Text, unknown> ? false : true;

/** What stands in single braces: `0.id` of `order:{0.id}`. A lone brace is left to the class. */
type Placeholders<Key extends string, Known = never> = Key extends `${string}{${infer Rest}`
  ? Rest extends `{${infer More}`
    ? Placeholders<More, Known>
    : Rest extends `${infer Inner}}${infer More}`
      ? Placeholders<More, Known | Inner>
      : Known
  : Known;

type UnfitPath<Path, This, Args extends unknown[]> = Path extends string
  ? UnfitSignature<Path, This, Args> extends infer Verdict
    ? 'fits' extends Verdict
      ? never
      : Verdict
    : never
  : never;

/** For each signature that it fits, or why it does not. */
type UnfitSignature<Path extends string, This, Args extends unknown[]> = Args extends unknown[]
  ? UnfitPart<Path, ValueAt<Path, This, Args>>
  : never;

/** Where a path leads to. */
interface Found<Value> {
  readonly value: Value;
}

type ValueAt<Path extends string, This, Args extends unknown[]> = Path extends `this.${infer Names}`
  ? Along<Names, Found<This>, Path>
  : Path extends `${infer Root}.${infer Names}`
    ? Along<Names, Argument<Root, Args, Path>, Path>
    : Argument<Path, Args, Path>;

type Argument<
  Root extends string,
  Args extends unknown[],
  Path extends string,
> = Root extends `${infer Index extends number}`
  ? number extends Index
    ? CannotLock<NoPlaceholder<Path>, ['{0}', '{0.id}', '{this.region}']>
    : Root extends keyof Args
      ? Found<Args[Root]>
      : number extends Args['length']
        ? Found<Args[Index]>
        : CannotLock<
            `{${Path}} of the key: counted from {0}, the method has ${Count<Required<Args>['length']>}:`,
            Args
          >
  : CannotLock<NoPlaceholder<Path>, ['{0}', '{0.id}', '{this.region}']>;

type Count<Length extends number> = Length extends 1 ? '1 parameter' : `${Length} parameters`;

type NoPlaceholder<Path extends string> =
  `{${Path}} in the key is no placeholder; {{ stands for a brace, and there are`;

/** `Names`: `customer.id` */
type Along<Names extends string, From, Path extends string> = [From] extends [Found<infer Value>]
  ? Names extends `${infer Name}.${infer More}`
    ? Along<More, Step<Name, NonNullable<Value>, Path>, Path>
    : Step<Names, NonNullable<Value>, Path>
  : From;

type Step<Name extends string, Value, Path extends string> =
  Property<Name, Value> extends infer Next
    ? [Next] extends [never]
      ? CannotLock<`{${Path}} of the key: '${Name}' is not a property of`, Value>
      : Next
    : never;

/**
 * A property of a value, or never. A type that tells of no property, such as `unknown`, may have
 * any; so may, without a word of its type, one that is private or protected.
 */
type Property<Name extends string, Value> = Value extends unknown
  ? [keyof Value] extends [never]
    ? Found<unknown>
    : Name extends keyof Value
      ? Found<Value[Name]>
      : Value extends { readonly [P in Name]: infer Inherited }
        ? Found<Inherited>
        : OfIndex<Name, Value>
  : never;

type OfIndex<Name extends string, Value> = Name extends `${infer Index extends number}`
  ? Index extends keyof Value
    ? Found<Value[Index]>
    : OfHidden<Name, Value>
  : OfHidden<Name, Value>;

/** Only what is not public is in the way of a property that is optional. */
type OfHidden<Name extends string, Value> = Value extends { readonly [P in Name]?: unknown } & {
  readonly toString: unknown;
}
  ? never
  : Found<unknown>;

type UnfitPart<Path extends string, Reached> = [Reached] extends [Found<infer Value>]
  ? CanBePart<Value> extends true
    ? 'fits'
    : CannotLock<
        `{${Path}} of the key: a string, a number, a bigint or a boolean can be a part, and not`,
        Value
      >
  : Reached;

/** Whether a value of the type may be a part of a lock name: `{}` may be a string. */
type CanBePart<Value> = [Value] extends [never]
  ? true
  : true extends (Value extends LockKeyPart ? true : MayHold<LockKeyPart, Value>)
    ? true
    : false;

type MayHold<Part, Value> = Part extends Value ? true : never;
