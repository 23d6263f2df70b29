import { CommandFailure } from './command.js';

/** Something that cannot work: what is then said, and the way around. */
export interface Limit {
  /** A part of the error, as it is printed. */
  readonly error: string;
  readonly instead: string;
}

/** One combination that is tried. */
export interface Cell {
  readonly row: string;
  readonly column: string;
  /** Known not to work. */
  readonly limit?: Limit | undefined;
  /** @throws {CommandFailure} if it does not work. */
  readonly check: () => Promise<void>;
}

export type Verdict =
  | { readonly kind: 'works' }
  | { readonly kind: 'limited'; readonly limit: Limit }
  | { readonly kind: 'broken'; readonly report: string };

/** Tries a cell. What is known not to work has to fail as it is documented. */
export async function judge({ limit, check }: Cell): Promise<Verdict> {
  try {
    await check();
  } catch (error) {
    if (!(error instanceof CommandFailure)) throw error;
    if (limit !== undefined && error.output.includes(limit.error))
      return { kind: 'limited', limit };
    return { kind: 'broken', report: error.message };
  }
  if (limit === undefined) return { kind: 'works' };
  return { kind: 'broken', report: `It works, although it is documented to fail: ${limit.error}` };
}
