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
}

/** Options of `locker.tryAcquire`. */
export interface TryAcquireOptions extends HoldOptions, ModeOptions, WeightOptions {
  /** Gives up when aborted; the call then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Keeps the lock for at least so long after it was acquired, also if it is released sooner, its
   * process ends or its locker is closed. The caller does not wait for that. Default 0.
   */
  readonly holdAtLeast?: Duration | undefined;
}

/** Options of `locker.acquire`. */
export interface AcquireOptions extends TryAcquireOptions {
  /** How long to wait for a busy lock. 0 tries once. Default: `Infinity`, no limit. */
  readonly waitTimeout?: Duration | undefined;
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
  /** `Infinity`: no limit. */
  readonly waitTimeout: number;
  readonly renew: boolean;
  /** Undefined: exclusively. */
  readonly room: Room | undefined;
  readonly signal: AbortSignalLike | undefined;
  /** In ms. */
  readonly holdAtLeast: number;
}

export interface ResolvedUsingOptions extends ResolvedAcquireOptions {
  readonly reentrant: boolean;
}

const SHORTEST_TTL = 10;

/**
 * Of a lock key, prefix and name, in UTF-16 code units. All that is asked at the same time shares a
 * connection: a name without bound would hold up everybody else.
 */
export const LONGEST_KEY = 16_384;

const HOLD_OPTIONS = ['ttl', 'renew'];
const TRY_ACQUIRE_OPTIONS = [...HOLD_OPTIONS, 'mode', 'limit', 'weight', 'signal', 'holdAtLeast'];
const ACQUIRE_OPTIONS = [...TRY_ACQUIRE_OPTIONS, 'waitTimeout'];
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
  const { ttl, waitTimeout, renew, room, signal, holdAtLeast } = resolveWaiting(options, defaults);
  return {
    ttl,
    waitTimeout,
    renew,
    room,
    signal,
    holdAtLeast,
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
  options: TryAcquireOptions,
  waitTimeout: number,
  defaults: ResolvedAcquireOptions,
): ResolvedAcquireOptions {
  const { ttl, renew, signal, holdAtLeast } = options;
  return {
    ttl: ttl === undefined ? defaults.ttl : parseTtl(ttl),
    waitTimeout,
    renew: renew === undefined ? defaults.renew : parseRenew(renew),
    room: resolveMode(options, defaults.room),
    signal: parseSignal(signal),
    holdAtLeast: holdAtLeast === undefined ? 0 : parseDuration('holdAtLeast', holdAtLeast, 0),
  };
}

export function resolveAdoptOptions(
  options: HoldOptions | undefined,
  defaults: { readonly ttl: number; readonly renew: boolean },
): { readonly ttl: number; readonly renew: boolean } {
  if (options === undefined) return defaults;
  assertOptions('adopt', options, HOLD_OPTIONS);
  const { ttl, renew } = options;
  return {
    ttl: ttl === undefined ? defaults.ttl : parseTtl(ttl),
    renew: renew === undefined ? defaults.renew : parseRenew(renew),
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
  return value === Infinity ? Infinity : parseDuration('waitTimeout', value, 0);
}

export function parseRenew(value: unknown): boolean {
  return parseBoolean('renew', value);
}

function parseBoolean(option: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw new TypeError(`${option}: ${show(value)} is not a boolean.`);
}

/** By its shape: a signal of another realm, or a polyfill, is no instance of ours. */
function parseSignal(value: unknown): AbortSignalLike | undefined {
  if (value === undefined || isAbortSignal(value)) return value;
  throw new TypeError(`signal: ${show(value)} is not an AbortSignal.`);
}

function isAbortSignal(value: unknown): value is AbortSignalLike {
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
