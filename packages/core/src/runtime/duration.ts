import ms from 'ms';

type Unit = 'ms' | 's' | 'm' | 'h' | 'd';

/**
 * A span of time: whole milliseconds, or a number with a unit, such as `'500ms'`, `'30s'`, `'5m'`,
 * `'1.5h'`, `'1d'`. A text that is not known before the program runs goes through `parseDuration`.
 */
export type Duration = number | `${number}${Unit}` | `${number} ${Unit}`;

/** The longest span: what a timer takes, a little under 25 days. */
const LONGEST = 2 ** 31 - 1;

/** Characters of a value in an error message. */
const LONGEST_SHOWN = 200;

const SHAPE = /^\d+(\.\d+)? ?(ms|s|m|h|d)$/;

/**
 * The milliseconds of a duration, as every option here reads them; for options of your own, and for
 * texts that come from elsewhere.
 *
 * @example A ttl from the environment
 * ```ts
 * import { createLocker, parseDuration } from '@holdfast/core';
 *
 * const ttl = parseDuration('LOCK_TTL', process.env['LOCK_TTL'] ?? '30s', 10);
 * await using locker = await createLocker({ url: 'redis://localhost:6379', ttl });
 * ```
 * @param option - what it is called in an error.
 * @param least - the shortest that is allowed, in ms.
 * @param most - the longest, in ms; default: 2^31 - 1, what a timer takes.
 * @throws {TypeError} if `value` is not a duration.
 * @throws {RangeError} if it is not a whole number of milliseconds in the range.
 */
export function parseDuration(
  option: string,
  value: unknown,
  least: number,
  most: number = LONGEST,
): number {
  const time = typeof value === 'string' && SHAPE.test(value) ? milliseconds(value) : value;
  if (typeof time !== 'number') {
    const allowed = range(least, most);
    throw new TypeError(`${option}: ${show(value)} is not a duration; give ${allowed}, or '30s'.`);
  }
  if (time === most || (Number.isInteger(time) && time >= least && time <= most)) return time;
  const allowed = range(least, most);
  throw new RangeError(`${option}: ${show(value)} is out of range; allowed are ${allowed}.`);
}

/** A thousandth is no binary fraction: 1.001 s would come out as 1000.9999999999999 ms. */
function milliseconds(value: string): number {
  const time = ms(value as ms.StringValue);
  const whole = Math.round(time);
  return Math.abs(time - whole) < 1e-6 ? whole : time;
}

function range(least: number, most: number): string {
  return `whole milliseconds from ${least} to ${most}`;
}

/** A value as it stands in an error message; of a long one its beginning. */
export function show(value: unknown): string {
  if (typeof value === 'string') return `'${short(value)}'`;
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object' && value !== null) return 'an object';
  if (typeof value === 'function') return 'a function';
  return short(String(value));
}

function short(text: string): string {
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text;
}
