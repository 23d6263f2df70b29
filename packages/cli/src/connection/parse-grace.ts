import { duration } from '../duration.js';
import { exact } from '../output/span.js';
import { UsageError } from '../usage-error.js';
import type { GraceArguments } from './grace.js';

/** For clocks that differ, in ms: a lease is shorter than a grace by that, and by the lag. */
export const SLACK = 2_000;

/** In ms, as `createLocker` takes it. */
export interface Grace {
  readonly for: number;
  readonly lag: number;
}

/** @throws {UsageError | RangeError | TypeError} for what cannot be meant. */
export function parseGrace({ grace, graceLag }: GraceArguments): Grace | undefined {
  if (grace === undefined) {
    if (graceLag !== undefined) throw new UsageError('--grace-lag: it is part of a --grace.');
    return undefined;
  }
  return {
    for: duration('--grace', grace, 1),
    lag: graceLag === undefined ? 0 : duration('--grace-lag', graceLag, 0),
  };
}

/**
 * The library says so, too, but without the names that these have here.
 *
 * @throws {UsageError} if a lease of so many ms could outlast the grace.
 */
export function assertWithin({ for: time, lag }: Grace, ttl: number): void {
  const needed = ttl + lag + SLACK;
  if (needed <= time) return;
  throw new UsageError(
    `--grace ${exact(time)}: a --ttl of ${exact(ttl)} needs ${exact(needed)}, which is ttl + lag + ${exact(SLACK)}.`,
  );
}
