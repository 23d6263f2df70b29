/** How a contestant came out of a workload. */
export type Standing<T> =
  | { readonly kind: 'measured'; readonly contestant: string; readonly figures: T }
  | { readonly kind: 'failed'; readonly contestant: string; readonly reason: string };

export function mapFigures<T, U>(standing: Standing<T>, change: (figures: T) => U): Standing<U> {
  return standing.kind === 'failed' ? standing : { ...standing, figures: change(standing.figures) };
}

/** What this contestant reached, unless it failed or was not there. */
export function figuresOf<T>(standings: readonly Standing<T>[], contestant: string): T | undefined {
  const standing = standings.find((candidate) => candidate.contestant === contestant);
  return standing?.kind === 'measured' ? standing.figures : undefined;
}

/** What the others reached, and who they are. */
export function othersThan<T>(
  standings: readonly Standing<T>[],
  contestant: string,
): (T & { readonly contestant: string })[] {
  return standings.flatMap((standing) =>
    standing.kind === 'measured' && standing.contestant !== contestant
      ? [{ ...standing.figures, contestant: standing.contestant }]
      : [],
  );
}
