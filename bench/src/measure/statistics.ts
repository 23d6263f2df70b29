export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  /** As they came, one a round. */
  readonly values: readonly number[];
}

export function spreadOf(values: readonly number[]): Spread {
  const median = quantile(values, 0.5);
  return { median, min: Math.min(...values), max: Math.max(...values), values };
}

/** Of the rounds, each divided by its neighbour: what slows the machine down slows both. */
export function ratioOf(ours: Spread, theirs: Spread): Spread {
  return spreadOf(ours.values.map((value, round) => value / (theirs.values[round] ?? Number.NaN)));
}

/** The smallest value that at least this share of all values does not exceed. */
export function quantile(values: readonly number[], share: number): number {
  const inOrder = values.toSorted((a, b) => a - b);
  const place = Math.max(Math.ceil(inOrder.length * share) - 1, 0);
  return inOrder[place] ?? Number.NaN;
}
