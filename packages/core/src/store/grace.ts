/** What lockers of one prefix have agreed on: that a server which lost its data grants nothing for a time. */
export interface Grace {
  /** Whose epochs it is about: the prefix of their lock keys. */
  readonly scope: string;
  /** How long nothing is granted in a new epoch, in ms. */
  readonly time: number;
  /** How long a master that was deposed may still accept writes, in ms. */
  readonly lag: number;
  /** What this locker asks for unless a call says otherwise, in ms. Undefined: nothing in particular. */
  readonly ttl?: number;
}

/** For clocks of two servers, and clocks that run at different rates, in ms. */
export const SLACK = 2_000;

/** The grace that outlasts every lease of an epoch that is over, in ms. */
export function graceFor(ttl: number, { lag }: Grace): number {
  return ttl + lag + SLACK;
}

/**
 * A lease that outlasts the grace could be believed in when the next one is granted.
 *
 * @throws {RangeError} with the sum.
 */
export function assertWithinGrace(ttl: number, grace: Grace): void {
  const { time, lag } = grace;
  const needed = graceFor(ttl, grace);
  if (needed <= time) return;
  throw new RangeError(
    `ttl: with a grace of ${time} ms it may be ${Math.max(time - graceFor(0, grace), 0)} ms at most; ` +
      `${ttl} ms (ttl) + ${lag} ms (lag) + ${SLACK} ms = ${needed} ms.`,
  );
}

/** A reclaimed fencing token is not above the time by more than this, in µs: else one would use up the clock. */
export const HIGHEST_AHEAD = 86_400_000_000;
