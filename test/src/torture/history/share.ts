/** How a lock is held: `limit` is null where there is none. */
export interface Share {
  readonly limit: number | null;
  readonly weight: number;
}

/** An exclusive lock, which is not written down. */
export const ALONE: Share = { limit: 1, weight: 1 };

/** Whether they may hold a lock at the same time. */
export function fit(shares: readonly Share[]): boolean {
  const used = shares.reduce((sum, { weight }) => sum + weight, 0);
  return shares.every(({ limit }) => limit === null || used <= limit);
}
