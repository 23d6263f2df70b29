/** Which grant it is. */
export interface Grant {
  readonly token: string;
  readonly fencingToken: number;
}
