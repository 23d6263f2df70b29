import { parseDuration } from '@holdfast/core';
import type { AcquireTerms, BusyFunction, SignalOption, Terms } from './call/terms.js';
import { type Label, show, withLabel } from './label.js';
import type { LockerOption } from './locker/resolve.js';
import { assertLockerSource } from './locker/source.js';
import { MODE, parseMode } from './parse-mode.js';
import { SKIPPED } from './skipped.js';

type Parsed = Omit<Terms, 'label' | 'naming' | 'place'>;

const SHORTEST_TTL = 10;
const ACQUIRE = ['ttl', 'waitTimeout', 'renew', 'maxHold', 'warnAfter', 'maxWaiting', 'onOutage'];
const CALL = ['signal', 'onBusy', 'onLost', 'reentrant', 'holdAtLeast', 'locker', 'group'];
const OPTIONS = [...ACQUIRE, ...MODE, ...CALL];

/** @throws {TypeError | RangeError} that names the method and the option, if one is wrong. */
export function parseOptions(given: unknown, label: Label): Parsed {
  return withLabel(label, () => parse(given));
}

function parse(given: unknown): Parsed {
  assertOptions(given);
  const { signal, onBusy, onLost, reentrant, locker } = given;
  if (locker !== undefined && typeof locker !== 'function') {
    assertLockerSource(locker, "the option 'locker'");
  }
  return {
    acquire: parseAcquire(given),
    signal: parseSignal(signal),
    onBusy: parseOnBusy(onBusy),
    onLost: oneOf('onLost', onLost, 'throw', 'ignore'),
    reentrant: reentrant === undefined ? true : parseBoolean('reentrant', reentrant),
    locker: locker as LockerOption | undefined,
  };
}

/** What is left out is left to the locker. */
function parseAcquire(given: Given): AcquireTerms {
  const { ttl, waitTimeout, renew, maxHold, warnAfter, maxWaiting, onOutage, onBusy } = given;
  const { holdAtLeast, group } = given;
  const waits = onBusy === undefined || onBusy === 'throw';
  return {
    ttl: ttl === undefined ? undefined : parseDuration('ttl', ttl, SHORTEST_TTL),
    waitTimeout:
      waitTimeout === undefined && !waits ? 0 : parseLimit('waitTimeout', waitTimeout, 0),
    renew: renew === undefined ? undefined : parseBoolean('renew', renew),
    holdAtLeast: holdAtLeast === undefined ? 0 : parseDuration('holdAtLeast', holdAtLeast, 0),
    maxHold: parseLimit('maxHold', maxHold, 1),
    warnAfter: parseLimit('warnAfter', warnAfter, 1),
    maxWaiting: parseMaxWaiting(maxWaiting),
    onOutage: onOutage === undefined ? undefined : oneOf('onOutage', onOutage, 'throw', 'wait'),
    group: parseGroup(group),
    ...parseMode(given),
  };
}

function parseGroup(value: unknown): string | undefined {
  if (value === undefined || (typeof value === 'string' && value !== '')) return value;
  throw new TypeError(`group: ${show(value)} is not a word`);
}

/** A duration, or `Infinity`. */
function parseLimit(option: string, value: unknown, least: number): number | undefined {
  if (value === undefined || value === Infinity) return value;
  return parseDuration(option, value, least);
}

function parseMaxWaiting(value: unknown): number | undefined {
  if (value === undefined || value === Infinity) return value;
  if (typeof value !== 'number') {
    throw new TypeError(`maxWaiting: ${show(value)} is not a number of callers`);
  }
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw new RangeError(`maxWaiting: ${show(value)} is not a whole number from 1, or Infinity`);
}

function parseSignal(value: unknown): SignalOption | undefined {
  if (value === undefined || typeof value === 'function') return value as SignalOption | undefined;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return value;
  throw new TypeError(`signal: ${show(value)} is neither the index of an argument nor a function`);
}

function parseBoolean(option: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw new TypeError(`${option}: ${show(value)} is not a boolean`);
}

function parseOnBusy(value: unknown): Terms['onBusy'] {
  if (typeof value === 'function') return value as BusyFunction;
  if (value === SKIPPED) return () => SKIPPED;
  const word = oneOf('onBusy', value, 'throw', 'skip', 'SKIPPED, a function');
  return word === 'skip' ? () => undefined : undefined;
}

/** The first is the default. */
function oneOf<T extends string>(
  option: string,
  value: unknown,
  first: T,
  second: T,
  more?: string,
): T {
  if (value === undefined || value === first) return first;
  if (value === second) return second;
  const allowed = more === undefined ? [first, second] : [first, second, more];
  throw new TypeError(`${option}: ${show(value)} is not one of ${allowed.join(', ')}`);
}

type Given = Readonly<Record<string, unknown>>;

/** A misspelt option would be a default in disguise. */
function assertOptions(options: unknown): asserts options is Given {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new TypeError(`the options are ${show(options)}, not an object`);
  }
  for (const option of Object.keys(options)) {
    if (OPTIONS.includes(option)) continue;
    throw new TypeError(`no option '${option}'; there are ${OPTIONS.join(', ')}`);
  }
}
