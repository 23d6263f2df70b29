import { isAbortSignal } from '../locker/acquire-options.js';
import { show } from '../runtime/duration.js';
import type { LockGrantedCallback, LockMode } from './platform.js';

/** What a request asks for. */
export interface Asked<T> {
  readonly name: string;
  readonly mode: LockMode;
  readonly ifAvailable: boolean;
  readonly steal: boolean;
  readonly signal: AbortSignal | undefined;
  readonly callback: LockGrantedCallback<T>;
}

/**
 * The arguments of a request, taken as the platform takes them: first each is made what it has to be, from
 * left to right, and the options by their names in alphabetical order; then they are judged together, in
 * the order of the specification.
 *
 * @throws {TypeError} for what cannot be made that.
 * @throws {DOMException} `NotSupportedError` for what does not go together.
 * @throws the reason of a signal that is aborted already.
 */
export function parseRequest<T>(args: readonly unknown[]): Asked<T> {
  if (args.length < 2) {
    throw new TypeError(`request: ${args.length} of the arguments name and callback were given.`);
  }
  const name = toText('name', args[0]);
  const options = args.length === 2 ? parseOptions(undefined) : parseOptions(args[1]);
  const callback = args.length === 2 ? args[1] : args[2];
  if (typeof callback !== 'function') {
    throw new TypeError(`request: the callback is ${show(callback)}, not a function.`);
  }
  const asked = { name, ...options, callback: callback as LockGrantedCallback<T> };
  assertTogether(asked);
  if (options.signal?.aborted === true) throw options.signal.reason;
  return asked;
}

function parseOptions(options: unknown): Omit<Asked<never>, 'name' | 'callback'> {
  if (typeof options !== 'object' && typeof options !== 'function' && options !== undefined) {
    throw new TypeError(`request: the options are ${show(options)}, not an object.`);
  }
  const given = (options ?? {}) as Readonly<Record<string, unknown>>;
  return {
    ifAvailable: Boolean(given['ifAvailable']),
    mode: parseMode(given['mode']),
    signal: parseSignal(given['signal']),
    steal: Boolean(given['steal']),
  };
}

function parseMode(value: unknown): LockMode {
  if (value === undefined) return 'exclusive';
  const mode = toText('mode', value);
  if (mode === 'exclusive' || mode === 'shared') return mode;
  throw new TypeError(`mode: ${show(value)} is neither 'exclusive' nor 'shared'.`);
}

function parseSignal(value: unknown): AbortSignal | undefined {
  if (value === undefined || isAbortSignal(value)) return value as AbortSignal | undefined;
  throw new TypeError(`signal: ${show(value)} is not an AbortSignal.`);
}

/** Anything but a symbol is a string for the platform. */
function toText(what: string, value: unknown): string {
  if (typeof value === 'symbol') throw new TypeError(`${what}: a symbol is not a string.`);
  return String(value);
}

function assertTogether({ name, mode, ifAvailable, steal, signal }: Asked<unknown>): void {
  if (name.startsWith('-')) {
    throw notSupported("name: a name that begins with '-' is reserved for the platform.");
  }
  if (steal && ifAvailable) throw notSupported('steal: not together with ifAvailable.');
  if (steal && mode !== 'exclusive') throw notSupported(`steal: not in the mode '${mode}'.`);
  if (signal !== undefined && (steal || ifAvailable)) {
    throw notSupported(`signal: not together with ${steal ? 'steal' : 'ifAvailable'}.`);
  }
}

function notSupported(message: string): DOMException {
  return new DOMException(message, 'NotSupportedError');
}
