import { show } from './label.js';

const UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const SHAPE = /^(\d+(?:\.\d+)?) ?(ms|s|m|h|d)$/;

/** What a timer takes. */
const LONGEST = 2 ** 31 - 1;

/**
 * Milliseconds, by the rules of the core.
 *
 * @throws {TypeError | RangeError} whose message begins with the name of the option.
 */
export function parseDuration(option: string, value: unknown, least: number): number {
  const time = typeof value === 'string' ? fromText(value) : value;
  const range = `whole milliseconds from ${least} to ${LONGEST}`;
  if (typeof time !== 'number') {
    throw new TypeError(`${option}: ${show(value)} is not a duration; give ${range}, or '30s'`);
  }
  if (Number.isInteger(time) && time >= least && time <= LONGEST) return time;
  throw new RangeError(`${option}: ${show(value)} is out of range; allowed are ${range}`);
}

function fromText(text: string): number | undefined {
  const [, amount, unit] = SHAPE.exec(text) ?? [];
  if (amount === undefined || unit === undefined) return undefined;
  return Number(amount) * UNITS[unit as keyof typeof UNITS];
}
