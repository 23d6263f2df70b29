import type { ConnectionSource } from '../connections/client.js';
import { type ClientTemplate, sourceOfClient, sourceOfOptions } from '../connections/source.js';
import type { ResolvedClusterOptions } from './cluster-options.js';
import type { NodeAddress, NodeAddressMap } from './node-address.js';

/** Where the connections to a cluster come from. */
export interface ClusterSource {
  /** Nodes that are asked who serves what. */
  readonly seeds: readonly ConnectionSource[];
  /** Connections to the nodes that they name are like these. */
  readonly template: ConnectionSource;
  readonly nodeAddressMap: NodeAddressMap | undefined;
}

/** What is needed of a node-redis client of a cluster. */
export interface ClusterClient {
  readonly masters: readonly ClusterClientNode[];
  readonly replicas: readonly ClusterClientNode[];
  nodeClient(node: never): Promise<object>;
}

interface ClusterClientNode {
  readonly address: string;
  readonly client?: object | undefined;
}

export function isClusterClient(value: unknown): value is ClusterClient {
  if (typeof value !== 'object' || value === null) return false;
  return 'masters' in value && 'nodeClient' in value && typeof value.nodeClient === 'function';
}

/** Of a node that names no host it is null. */
interface Socket {
  readonly host?: string | null;
  readonly port?: number;
}

/** By options for node-redis. */
export function clusterOfOptions(
  { rootNodes, defaults, nodeAddressMap }: ResolvedClusterOptions,
  connectTimeout?: number,
): ClusterSource {
  return {
    seeds: rootNodes.map((options) => sourceOfOptions(options, connectTimeout)),
    template: sourceOfOptions(defaults, connectTimeout),
    nodeAddressMap,
  };
}

/** Connections like those of a client that somebody else owns. */
export async function clusterOfClient(
  client: ClusterClient,
  connectTimeout?: number,
): Promise<ClusterSource> {
  const [node] = client.masters;
  if (node === undefined) {
    throw new TypeError('client: the client of a cluster knows no master; is it connected?');
  }
  const template = await sourceOfClient(
    (await client.nodeClient(node as never)) as ClientTemplate,
    connectTimeout,
  );
  return { seeds: [template], template, nodeAddressMap: (address) => reachedBy(client, address) };
}

/** Where that client reaches a node: it keeps its own map to itself. */
function reachedBy(client: ClusterClient, address: string): NodeAddress | undefined {
  const nodes = [...client.masters, ...client.replicas];
  const node = nodes.find((one) => one.address === address);
  const { options } = (node?.client ?? {}) as { readonly options?: { readonly socket?: Socket } };
  const { host, port } = options?.socket ?? {};
  return typeof host === 'string' && port !== undefined ? { host, port } : undefined;
}
