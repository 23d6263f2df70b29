/** How large a world is: who is in it, and how often each thing may happen. */
export interface Shape {
  readonly name: string;
  readonly lockers: number;
  readonly locks: number;
  /** Acquisitions of each locker, one after the other or side by side. */
  readonly calls: number;
  /** Steps of time, each to the next moment at which something is due. */
  readonly passes: number;
  readonly aborts?: number;
  readonly renewals?: number;
  /** Processes that die. */
  readonly crashes?: number;
  /** Requests of which the sender learns only that the connection broke. */
  readonly cuts?: number;
  /** Wake channels that break. */
  readonly breaks?: number;
}

/** What may still happen, in all. */
export type Budget = Record<
  'aborts' | 'renewals' | 'crashes' | 'cuts' | 'breaks' | 'passes',
  number
>;

export function budgetOf(shape: Shape): Budget {
  const { passes, aborts = 0, renewals = 0, crashes = 0, cuts = 0, breaks = 0 } = shape;
  return { passes, aborts, renewals, crashes, cuts, breaks };
}
