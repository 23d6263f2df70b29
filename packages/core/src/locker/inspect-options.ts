import { show } from '../runtime/duration.js';
import { assertOptions } from './acquire-options.js';

/** Options of `locker.inspect`. */
export interface InspectOptions {
  /**
   * So many of those who wait are told of, from the first one on. A whole number, or `Infinity`: all.
   * Default 100, which the store tells in one step.
   */
  readonly waiting?: number | undefined;
  /** So many of those who hold it are told of. As `waiting`, from 1. Default 100. */
  readonly holders?: number | undefined;
  /**
   * Whether to look at the grace, too: `graceRemaining`. Default: if this locker has one. A locker without one is told
   * of that of others with its `keyPrefix`, as the store remembers it.
   */
  readonly grace?: boolean | undefined;
}

/** Options of `locker.list`. */
export interface ListOptions {
  /**
   * Only locks with a name like this: `*` stands for any characters, `?` for one, and `\` before a character for
   * that character. Default: all.
   */
  readonly match?: string | undefined;
  /** So many at the most. A whole number from 1, or `Infinity`. Default: `Infinity`. */
  readonly limit?: number | undefined;
  /** As in {@link InspectOptions}. */
  readonly grace?: boolean | undefined;
}

export interface ResolvedInspectOptions {
  readonly waiting: number;
  readonly holders: number;
  /** Undefined: as the locker. */
  readonly grace: boolean | undefined;
}

export interface ResolvedListOptions {
  readonly match: string;
  readonly limit: number;
  readonly grace: boolean | undefined;
}

export function resolveInspectOptions(options: InspectOptions): ResolvedInspectOptions {
  assertOptions('inspect', options, ['waiting', 'holders', 'grace']);
  const { waiting = 100, holders = 100, grace } = options;
  return {
    waiting: parseCount('waiting', waiting, 0),
    holders: parseCount('holders', holders, 1),
    grace: parseGrace(grace),
  };
}

export function resolveListOptions(options: ListOptions): ResolvedListOptions {
  assertOptions('list', options, ['match', 'limit', 'grace']);
  const { match = '*', limit = Infinity, grace } = options;
  if (typeof match !== 'string' || !match.isWellFormed()) {
    throw new TypeError(`match: ${show(match)} is not a well-formed string.`);
  }
  return { match, limit: parseCount('limit', limit, 1), grace: parseGrace(grace) };
}

function parseGrace(value: unknown): boolean | undefined {
  if (value === undefined || typeof value === 'boolean') return value;
  throw new TypeError(`grace: ${show(value)} is not a boolean.`);
}

function parseCount(option: string, value: unknown, least: number): number {
  if (typeof value !== 'number') throw new TypeError(`${option}: ${show(value)} is not a number.`);
  if (value === Infinity || (Number.isSafeInteger(value) && value >= least)) return value;
  throw new RangeError(
    `${option}: ${show(value)} is not a whole number from ${least}, or Infinity.`,
  );
}
