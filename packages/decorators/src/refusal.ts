/**
 * What the compiler says of a decorator that does not fit what it stands on: why, and what there is
 * instead. No value has this type.
 */
export interface CannotLock<Why extends string, Instead> {
  readonly why: Why;
  readonly instead: Instead;
}

/**
 * For a parameter of an overload that refuses: it takes everything if there is a refusal, and nothing
 * if there is none, or if that depends on a type parameter. So only what is known not to fit is
 * refused.
 */
export type IfRefused<Refusal> = [Refusal] extends [never] ? never : unknown;
