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
}

/** Options of `locker.acquire` and `locker.using`. */
export interface AcquireOptions extends TryAcquireOptions {
  /** How long to wait for a busy lock. 0 tries once. Default: `Infinity`, no limit. */
  readonly waitTimeout?: Duration | undefined;
}

export interface ResolvedAcquireOptions {
  readonly ttl: number;
  /** `Infinity`: no limit. */
  readonly waitTimeout: number;
  readonly renew: boolean;
  /** Undefined: exclusively. */
  readonly room: Room | undefined;
  readonly signal: AbortSignalLike | undefined;
}

const SHORTEST_TTL = 10;

/**
 * Of a lock key, prefix and name, in UTF-16 code units. All that is asked at the same time shares a
 * connection: a name without bound would hold up everybody else.
 */
export const LONGEST_KEY = 16_384;

const HOLD_OPTIONS = ['ttl', 'renew'];
const TRY_ACQUIRE_OPTIONS = [...HOLD_OPTIONS, 'mode', 'limit', 'weight', 'signal'];
const ACQUIRE_OPTIONS = [...TRY_ACQUIRE_OPTIONS, 'waitTimeout'];

export function resolveAcquireOptions(
  method: 'acquire' | 'using',
  options: AcquireOptions | undefined,
  defaults: ResolvedAcquireOptions,
): ResolvedAcquireOptions {
  if (options === undefined) return defaults;
  assertOptions(method, options, ACQUIRE_OPTIONS);
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
  const { ttl, renew, signal } = options;
  return {
    ttl: ttl === undefined ? defaults.ttl : parseTtl(ttl),
    waitTimeout,
    renew: renew === undefined ? defaults.renew : parseRenew(renew),
    room: resolveMode(options, defaults.room),
    signal: parseSignal(signal),
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
  if (typeof value === 'boolean') return value;
  throw new TypeError(`renew: ${show(value)} is not a boolean.`);
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
