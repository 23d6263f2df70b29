import { inspect } from 'node:util';
import type { InstrumentationConfig } from '@opentelemetry/instrumentation';

/** Options of {@link HoldfastInstrumentation}. */
export interface HoldfastInstrumentationConfig extends InstrumentationConfig {
  /**
   * What a lock is counted under, made of its name: a word for all locks of its kind, because each that
   * differs is a time series. For locks that have no group of their own, by the option `group` of the
   * call, or by the key of `@Locked`. Undefined, as by default: such locks are counted together, without
   * a group.
   */
  group?: ((lockName: string) => string | undefined) | undefined;
  /**
   * Whether spans have the names of their locks, and the messages of errors, in which these stand.
   * Default false.
   */
  lockNames?: boolean | undefined;
}

const OPTIONS = ['enabled', 'group', 'lockNames'];

/** @throws {TypeError} that names the option, if one is wrong. */
export function assertConfig(config: unknown): asserts config is HoldfastInstrumentationConfig {
  if (typeof config !== 'object' || config === null || Array.isArray(config)) {
    throw new TypeError('HoldfastInstrumentation: the options are not an object.');
  }
  for (const option of Object.keys(config)) {
    if (OPTIONS.includes(option)) continue;
    throw new TypeError(
      `HoldfastInstrumentation: no option '${option}'; there are ${OPTIONS.join(', ')}.`,
    );
  }
  const { enabled, group, lockNames } = config as Readonly<Record<string, unknown>>;
  assertType('enabled', enabled, 'boolean');
  assertType('group', group, 'function');
  assertType('lockNames', lockNames, 'boolean');
}

function assertType(option: string, value: unknown, type: 'boolean' | 'function'): void {
  if (value === undefined || typeof value === type) return;
  const shown = typeof value === 'string' ? `'${value}'` : inspect(value, { depth: 0 });
  throw new TypeError(`HoldfastInstrumentation: ${option}: ${shown} is not a ${type}.`);
}
