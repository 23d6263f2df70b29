/** What one who hands a lock over tells the one who adopts it. */
export interface Letter {
  readonly key: string;
  readonly token: string;
  readonly fencingToken: number;
}
