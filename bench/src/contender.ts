/** Who can take a lock and give it back: what the throughput is measured of. */
export interface Contender extends AsyncDisposable {
  readonly name: string;
  cycle(key: string): Promise<void>;
}
