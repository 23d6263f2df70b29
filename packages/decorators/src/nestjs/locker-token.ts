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
