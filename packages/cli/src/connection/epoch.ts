/** What a server keeps in mind for lockers with a grace: see "Grace" in docs/protocol.md. */
export interface Epoch {
  /** The id of the replication that its data is of. */
  readonly history: string;
  /** Moments of the server's time, in ms: when its grace is over, and when it began. */
  readonly until: number;
  readonly began: number;
  /** The shortest grace that somebody counts on, in ms. */
  readonly shortest: number;
  /** Of the server that began it. */
  readonly reign: string;
}

const EPOCH = /^([\da-f]+) (\d+) (\d+) (\d+) (\S+)$/;

/** Undefined: nothing that we know has written this. */
export function readEpoch(text: string): Epoch | undefined {
  const [, history, until, shortest, began, reign] = EPOCH.exec(text) ?? [];
  if (history === undefined || reign === undefined) return undefined;
  return {
    history,
    until: Number(until),
    began: Number(began),
    shortest: Number(shortest),
    reign,
  };
}

/** Where it is kept; in a cluster there is one for each slot, named by a tag. */
export function epochKey(prefix: string, tag?: string): string {
  return `holdfast:${tag === undefined ? '' : `{${tag}}:`}epoch:${prefix}`;
}
