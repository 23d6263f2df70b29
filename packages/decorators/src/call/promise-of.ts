import { nameOf } from '../label.js';
import type { Terms } from './terms.js';

// oxlint-disable-next-line typescript/unbound-method -- only compared
const { then } = Promise.prototype;

/**
 * The promise of what a method returned. What begins its work when it is asked, such as a query or a
 * promise that overrides `then`, is asked here: inside.
 *
 * @throws {TypeError} if it is a generator: its work would begin when the lock has been given back.
 */
export function promiseOf(result: unknown, { label }: Terms, self: unknown): Promise<unknown> {
  if (result instanceof Promise && result.then === then) return result;
  const kind = Object.prototype.toString.call(result);
  if (kind === '[object AsyncGenerator]' || kind === '[object Generator]') {
    throw new TypeError(
      `@Locked on ${nameOf(label, self)}: it returned a generator, whose work would not be locked.`,
    );
  }
  return new Promise((resolve) => resolve(result));
}
