import type { AbortSignalLike } from '../engine/claim/abort.js';
import { type Duration, parseDuration, show } from '../runtime/duration.js';
import type { Room } from '../store/port.js';
import { RESERVED_PREFIX } from '../store/protocol.js';
import { type ModeOptions, resolveMode, type WeightOptions } from './mode.js';

/** How an acquisition is kept. */
export interface HoldOptions {
  /**
   * How long the lease lasts without renewal: so long others wait for a holder that crashed.
   * From 10 ms. Default 30 s.
   */
  readonly ttl?: Duration | undefined;
  /** Renew in the background at a third of the ttl until released. Default true. */
  readonly renew?: boolean | undefined;
  /**
   * So long after it was acquired, or adopted, the lock is lost for its holder, with the reason
   * `overdue`. It is not given back then, as the work may still be going on: the next one gets it when
   * the lease has run out, or when it is released. Default: `Infinity`, no limit.
   */
  readonly maxHold?: Duration | undefined;
  /**
   * What the lock is counted under in traces and metrics, whose values must be few: a word for all locks
   * of its kind, such as `order` for `order:42`. It is told on the tracing channels, and used for
   * nothing else. Default: none.
   */
  readonly group?: string | undefined;
}

/** What becomes of a wait while Redis cannot be reached. */
export type OnOutage = 'throw' | 'wait';

/** Options of `locker.tryAcquire`. */
export interface TryAcquireOptions extends HoldOptions, ModeOptions, WeightOptions {
  /** Gives up when aborted; the call then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Keeps the lock for at least so long after it was acquired, also if it is released sooner, its
   * process ends or its locker is closed. The caller does not wait for that, but for the answer of the
   * store, as with any release. Not longer than `maxHold`. Default 0.
   */
  readonly holdAtLeast?: Duration | undefined;
}

/** Options of `locker.acquire`. */
export interface AcquireOptions extends TryAcquireOptions {
  /** How long to wait for a busy lock. 0 tries once. Default: `Infinity`, no limit. */
  readonly waitTimeout?: Duration | undefined;
  /**
   * A wait that lasts for longer is told once on the channel `holdfast:wait-long`; `Infinity`: never.
   * Default 10 s.
   */
  readonly warnAfter?: Duration | undefined;
  /**
   * How many may stand in the line of this lock, counted at the server over all processes. Who would
   * be one more is refused at once, with a `LineFullError`. Waiters whose process is gone count until
   * it is their turn. From 1. Default: `Infinity`, no limit.
   */
  readonly maxWaiting?: number | undefined;
  /**
   * While Redis cannot be reached: `'throw'` gives up after `commandTimeout`, `'wait'` goes on until
   * `waitTimeout`, and keeps the place in the line. Default `'throw'`.
   */
  readonly onOutage?: OnOutage | undefined;
}

/** Options of `locker.using`. */
export interface UsingOptions extends AcquireOptions {
  /**
   * Whether a call that already runs under this lock of this locker, in the same async context, joins
   * it; if not, it rejects at once with a `LockReentryError`. Default true.
   */
  readonly reentrant?: boolean | undefined;
}

export interface ResolvedAcquireOptions {
  readonly ttl: number;
  /** `Infinity`, here and below: no limit. */
  readonly waitTimeout: number;
  readonly renew: boolean;
  /** Undefined: exclusively. */
  readonly room: Room | undefined;
  readonly maxHold: number;
  readonly warnAfter: number;
  readonly maxWaiting: number;
  readonly onOutage: OnOutage;
  readonly signal: AbortSignalLike | undefined;
  /** In ms. */
  readonly holdAtLeast: number;
  readonly group: string | undefined;
}

export interface ResolvedUsingOptions extends ResolvedAcquireOptions {
  readonly reentrant: boolean;
}

export interface ResolvedHoldOptions {
  readonly ttl: number;
  readonly renew: boolean;
  readonly maxHold: number;
  readonly group: string | undefined;
}

const SHORTEST_TTL = 10;

/**
 * Of a lock key, prefix and name, in UTF-16 code units. All that is asked at the same time shares a
 * connection: a name without bound would hold up everybody else.
 */
export const LONGEST_KEY = 16_384;

const HOLD_OPTIONS = ['ttl', 'renew', 'maxHold', 'group'];
export const MODE_OPTIONS: readonly string[] = ['mode', 'limit', 'weight'];
const TRY_ACQUIRE_OPTIONS = [...HOLD_OPTIONS, ...MODE_OPTIONS, 'signal', 'holdAtLeast'];
const WAIT_OPTIONS = ['waitTimeout', 'warnAfter', 'maxWaiting', 'onOutage'];
const ACQUIRE_OPTIONS = [...TRY_ACQUIRE_OPTIONS, ...WAIT_OPTIONS];
const USING_OPTIONS = [...ACQUIRE_OPTIONS, 'reentrant'];

export function resolveAcquireOptions(
  options: AcquireOptions | undefined,
  defaults: ResolvedAcquireOptions,
): ResolvedAcquireOptions {
  if (options === undefined) return defaults;
  assertOptions('acquire', options, ACQUIRE_OPTIONS);
  return resolveWaiting(options, defaults);
}

export function resolveUsingOptions(
  options: UsingOptions,
  defaults: ResolvedAcquireOptions,
): ResolvedUsingOptions {
  assertOptions('using', options, USING_OPTIONS);
  const { reentrant } = options;
  return {
    ...resolveWaiting(options, defaults),
    reentrant: reentrant === undefined ? true : parseBoolean('reentrant', reentrant),
  };
}

function resolveWaiting(
  options: AcquireOptions,
  defaults: ResolvedAcquireOptions,
): ResolvedAcquireOptions {
  const { waitTimeout } = options;
  return resolve(
    options,
    waitTimeout === undefined ? defaults.waitTimeout : parseWaitTimeout(waitTimeout),
    defaults,
  );
}

export function resolveTryAcquireOptions(
  options: TryAcquireOptions | undefined,
  defaults: ResolvedAcquireOptions,
): ResolvedAcquireOptions {
  if (options !== undefined) assertOptions('tryAcquire', options, TRY_ACQUIRE_OPTIONS);
  return resolve(options ?? {}, 0, defaults);
}

/** Written out: to spread an object takes longer than all else that is done before a call is sent. */
function resolve(
  options: AcquireOptions,
  waitTimeout: number,
  defaults: ResolvedAcquireOptions,
): ResolvedAcquireOptions {
  const { ttl, renew, maxHold, signal, holdAtLeast, warnAfter, maxWaiting, onOutage } = options;
  const resolved = {
    ttl: ttl === undefined ? defaults.ttl : parseTtl(ttl),
    waitTimeout,
    renew: renew === undefined ? defaults.renew : parseRenew(renew),
    maxHold: maxHold === undefined ? defaults.maxHold : parseMaxHold(maxHold),
    warnAfter: warnAfter === undefined ? defaults.warnAfter : parseWarnAfter(warnAfter),
    maxWaiting: maxWaiting === undefined ? defaults.maxWaiting : parseMaxWaiting(maxWaiting),
    onOutage: onOutage === undefined ? defaults.onOutage : parseOnOutage(onOutage),
    room: resolveMode(options, defaults.room),
    signal: parseSignal(signal),
    holdAtLeast: holdAtLeast === undefined ? 0 : parseDuration('holdAtLeast', holdAtLeast, 0),
    group: parseGroup(options.group),
  };
  if (resolved.holdAtLeast > resolved.maxHold) {
    throw new RangeError(
      `holdAtLeast: ${resolved.holdAtLeast} ms is longer than maxHold, ${resolved.maxHold} ms.`,
    );
  }
  return resolved;
}

export function resolveAdoptOptions(
  options: HoldOptions | undefined,
  defaults: ResolvedHoldOptions,
): ResolvedHoldOptions {
  if (options === undefined) return defaults;
  assertOptions('adopt', options, HOLD_OPTIONS);
  const { ttl, renew, maxHold, group } = options;
  return {
    ttl: ttl === undefined ? defaults.ttl : parseTtl(ttl),
    renew: renew === undefined ? defaults.renew : parseRenew(renew),
    maxHold: maxHold === undefined ? defaults.maxHold : parseMaxHold(maxHold),
    group: parseGroup(group),
  };
}

/** The lock key for a name, or why the name cannot be one. */
export function lockKey(keyPrefix: string, name: unknown): string {
  if (typeof name !== 'string') {
    throw new TypeError(`Lock name: ${show(name)} is not a string.`);
  }
  if (name === '') throw new TypeError('Lock name: must not be empty.');
  // A lone surrogate has no UTF-8: Redis would see the same key for different names.
  if (!name.isWellFormed()) throw new TypeError('Lock name: contains half a surrogate pair.');
  const key = keyPrefix + name;
  if (key.length > LONGEST_KEY) {
    throw new RangeError(
      `Lock name: with its prefix it has ${key.length} characters; ${LONGEST_KEY} are allowed.`,
    );
  }
  if (key.startsWith(RESERVED_PREFIX)) {
    throw new RangeError(
      `Lock name: the key ${show(key)} begins with '${RESERVED_PREFIX}', which is reserved.`,
    );
  }
  return key;
}

export function parseTtl(value: unknown): number {
  return parseDuration('ttl', value, SHORTEST_TTL);
}

export function parseWaitTimeout(value: unknown): number {
  return parseLimit('waitTimeout', value, 0);
}

export function parseMaxHold(value: unknown): number {
  return parseLimit('maxHold', value, 1);
}

export function parseWarnAfter(value: unknown): number {
  return parseLimit('warnAfter', value, 1);
}

/** A duration, or `Infinity`. */
function parseLimit(option: string, value: unknown, least: number): number {
  return value === Infinity ? Infinity : parseDuration(option, value, least);
}

export function parseMaxWaiting(value: unknown): number {
  if (typeof value !== 'number') {
    throw new TypeError(`maxWaiting: ${show(value)} is not a number of callers.`);
  }
  if (value === Infinity || (Number.isSafeInteger(value) && value >= 1)) return value;
  throw new RangeError(`maxWaiting: ${show(value)} is not a whole number from 1, or Infinity.`);
}

export function parseOnOutage(value: unknown): OnOutage {
  if (value === 'throw' || value === 'wait') return value;
  throw new TypeError(`onOutage: ${show(value)} is not 'throw' or 'wait'.`);
}

export function parseRenew(value: unknown): boolean {
  return parseBoolean('renew', value);
}

function parseBoolean(option: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw new TypeError(`${option}: ${show(value)} is not a boolean.`);
}

function parseGroup(value: unknown): string | undefined {
  if (value === undefined || (typeof value === 'string' && value !== '')) return value;
  throw new TypeError(`group: ${show(value)} is not a word.`);
}

/** By its shape: a signal of another realm, or a polyfill, is no instance of ours. */
function parseSignal(value: unknown): AbortSignalLike | undefined {
  if (value === undefined || isAbortSignal(value)) return value;
  throw new TypeError(`signal: ${show(value)} is not an AbortSignal.`);
}

export function isAbortSignal(value: unknown): value is AbortSignalLike {
  if (typeof value !== 'object' || value === null) return false;
  const { aborted, addEventListener, removeEventListener } = value as Partial<AbortSignalLike>;
  return (
    typeof aborted === 'boolean' &&
    typeof addEventListener === 'function' &&
    typeof removeEventListener === 'function'
  );
}

/** A misspelt option would be a default in disguise. */
export function assertOptions(what: string, options: unknown, allowed: readonly string[]): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new TypeError(`${what}: the options are ${show(options)}, not an object.`);
  }
  for (const option of Object.keys(options)) {
    if (allowed.includes(option)) continue;
    throw new TypeError(`${what}: no option ${show(option)}; there are ${allowed.join(', ')}.`);
  }
}
