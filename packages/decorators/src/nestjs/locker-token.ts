/**
 * The injection token of the locker that {@link HoldfastModule} opens.
 *
 * @example
 * ```ts
 * @Injectable()
 * @UseLocker('locker')
 * class Invoices {
 *   constructor(@Inject(LOCKER) readonly locker: Locker) {}
 * }
 * ```
 */
export const LOCKER: unique symbol = Symbol('holdfast:locker');

/**
 * The injection token of the locker of a module that was given a `name`.
 *
 * @example
 * ```ts
 * @Injectable()
 * class Audits {
 *   constructor(@Inject(lockerToken('audit')) readonly locker: Locker) {}
 * }
 * ```
 */
export function lockerToken(name: string): string {
  return `holdfast:locker:${name}`;
}
