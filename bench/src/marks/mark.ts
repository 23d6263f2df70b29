/** What has to be reached, and what was. */
export interface Mark {
  readonly workload: string;
  readonly wanted: string;
  readonly measured: string;
  readonly reached: boolean;
}

export function missing(workload: string, wanted: string, who: string): Mark {
  return { workload, wanted, measured: `${who} was not measured`, reached: false };
}
