/** Where a node of a cluster is. */
export interface NodeAddress {
  readonly host: string;
  readonly port: number;
}

/** What a cluster calls its nodes, and where they are reached; as in node-redis. */
export type NodeAddressMap =
  | Readonly<Record<string, NodeAddress>>
  | ((address: string) => NodeAddress | undefined);

/** `host:port`; the host may have colons, or be left out: then it is the one that was `asked`. */
export function parseAddress(text: string, asked: string): NodeAddress {
  const colon = text.lastIndexOf(':');
  return { host: hostOr(text.slice(0, colon), asked), port: Number(text.slice(colon + 1)) };
}

/** A node that does not know its own name calls itself by nothing, or by `?`. */
export function hostOr(host: unknown, asked: string): string {
  return typeof host === 'string' && host !== '' && host !== '?' ? host : asked;
}

export function nameOf({ host, port }: NodeAddress): string {
  return `${host}:${port}`;
}

/** Where a node is reached. */
export function reachedAt(address: NodeAddress, map: NodeAddressMap | undefined): NodeAddress {
  const name = nameOf(address);
  const mapped = typeof map === 'function' ? map(name) : map?.[name];
  return mapped ?? address;
}
