/**
 * What a call resolves with that was skipped, with `onBusy: SKIPPED`. Equal in all copies of this
 * package.
 *
 * @example The caller can tell whether the work was done
 * ```ts
 * class Reports {
 *   @Locked('reports:daily', { onBusy: SKIPPED })
 *   async send(): Promise<void | Skipped> {}
 * }
 *
 * if ((await new Reports().send()) === SKIPPED) console.log('another machine sends it');
 * ```
 */
export const SKIPPED: unique symbol = Symbol.for('holdfast.skipped');

/** The type of {@link SKIPPED}, for the result of a method. */
export type Skipped = typeof SKIPPED;
