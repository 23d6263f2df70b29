import { type Duration, parseDuration } from '../runtime/duration.js';
import type { Grace } from '../store/grace.js';
import { assertOptions } from './acquire-options.js';

/** What is counted on, where the server can lose its data; see the option `grace` of `createLocker`. */
export interface GraceOptions {
  /** How long nothing is granted once the server has lost its data. */
  readonly for: Duration;
  /**
   * How long a master that was replaced may go on accepting writes: `min-replicas-max-lag` and one
   * second, where `min-replicas-to-write` is the number of all replicas that can be promoted. Default 0:
   * restarts and flushes alone.
   */
  readonly lag?: Duration | undefined;
}

export function parseGrace(value: unknown, scope: string): Grace | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'object' || value === null) {
    return { scope, time: parseDuration('grace', value, 1), lag: 0 };
  }
  assertOptions('grace', value, ['for', 'lag']);
  const { for: time, lag = 0 } = value as GraceOptions;
  return {
    scope,
    time: parseDuration('grace.for', time, 1),
    lag: parseDuration('grace.lag', lag, 0),
  };
}
