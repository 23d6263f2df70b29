import { nameOf, show } from '../label.js';
import { disregardRejection } from '../rejection.js';
import type { Terms } from './terms.js';

/**
 * The signal of a call, if it has one.
 *
 * @throws {TypeError} if something else is in its place.
 */
export function signalOf(
  { signal, label }: Terms,
  self: unknown,
  args: readonly unknown[],
): AbortSignal | undefined {
  if (signal === undefined) return undefined;
  const value = typeof signal === 'number' ? args[signal] : signal.apply(self, [...args]);
  if (value === undefined || isSignal(value)) return value;
  if (typeof signal === 'function') disregardRejection(value);
  const from = typeof signal === 'number' ? `argument ${signal}` : "the function 'signal'";
  throw new TypeError(
    `@Locked on ${nameOf(label, self)}: ${from} gave ${show(value)}, not an AbortSignal.`,
  );
}

/** By its shape: a test environment has a class of its own. */
function isSignal(value: unknown): value is AbortSignal {
  if (typeof value !== 'object' || value === null) return false;
  const { aborted, addEventListener } = value as Partial<AbortSignal>;
  return typeof aborted === 'boolean' && typeof addEventListener === 'function';
}
