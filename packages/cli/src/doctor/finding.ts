/**
 * - `good`: nothing to do.
 * - `unknown`: this user may not see it.
 * - `warning`: locks can be lost, or given twice, when something else goes wrong.
 * - `danger`: they will be, or cannot be taken at all.
 */
export type Level = 'good' | 'unknown' | 'warning' | 'danger';

/** One thing that was looked at. */
export interface Finding {
  readonly check: string;
  readonly level: Level;
  readonly what: string;
  /** What to do about it. */
  readonly advice?: string;
}

/** Findings of one check. */
export interface Findings {
  readonly good: (what: string) => Finding;
  readonly unknown: (what: string, advice: string) => Finding;
  readonly warning: (what: string, advice: string) => Finding;
  readonly danger: (what: string, advice: string) => Finding;
}

export function findingsOf(check: string): Findings {
  return {
    good: (what) => ({ check, level: 'good', what }),
    unknown: (what, advice) => ({ check, level: 'unknown', what, advice }),
    warning: (what, advice) => ({ check, level: 'warning', what, advice }),
    danger: (what, advice) => ({ check, level: 'danger', what, advice }),
  };
}
