import { show } from '../../runtime/duration.js';
import type { NodeAddress, NodeAddressMap } from '../cluster/node-address.js';
import { assertPlaced, type NodeRedisOptions } from '../connections/node-redis-options.js';

/** Options of a node-redis client of any version, apart from what is none of a locker's business. */
type ClientOptions = Omit<NodeRedisOptions, 'clientSideCache'>;

/** The part of the options of node-redis's sentinel client that says where a master is, as meant there. */
export interface NodeRedisSentinelOptions {
  /** Of the master, as the sentinels call it. */
  readonly name: string;
  /** Sentinels to begin with: all of them, at best. Those that they know are asked, too. */
  readonly sentinelRootNodes: readonly NodeAddress[];
  /** How master and replicas are connected to. */
  readonly nodeClientOptions?: ClientOptions | undefined;
  /** How sentinels are connected to. */
  readonly sentinelClientOptions?: ClientOptions | undefined;
  /** From what the sentinels call a server, or themselves, to where it is reached. */
  readonly nodeAddressMap?: NodeAddressMap | undefined;
}

export interface ResolvedSentinelOptions {
  readonly name: string;
  readonly roots: readonly [NodeAddress, ...NodeAddress[]];
  readonly nodeClientOptions: NodeRedisOptions;
  readonly sentinelClientOptions: NodeRedisOptions;
  readonly nodeAddressMap: NodeAddressMap | undefined;
}

const OPTIONS: ReadonlySet<string> = new Set([
  'name',
  'sentinelRootNodes',
  'nodeClientOptions',
  'sentinelClientOptions',
  'nodeAddressMap',
]);

/** What node-redis has, and the locker has elsewhere or does by itself. */
const INSTEAD: Readonly<Record<string, string>> = {
  masterPoolSize: "it is the locker's own pool",
  replicaPoolSize: 'locks are never read from a replica',
  reserveClient: "it is the locker's own pool",
  maxCommandRediscovers: 'what was sent is never sent again unjudged',
  scanInterval: 'the sentinels are heard all the time',
  passthroughClientErrorEvents: 'listen to the channel holdfast:connection',
  keyPrefix: "it is the locker's own keyPrefix",
};

/** @throws {TypeError} if they lead nowhere, or one of them would have no effect. */
export function parseSentinelOptions(value: unknown): ResolvedSentinelOptions {
  assertObject('sentinel', value);
  for (const option of Object.keys(value)) {
    if (OPTIONS.has(option) || value[option] === undefined) continue;
    const why = Object.hasOwn(INSTEAD, option) ? INSTEAD[option] : 'it would have no effect';
    throw new TypeError(`sentinel.${option}: not an option of a locker: ${why}.`);
  }
  const { name, sentinelRootNodes, nodeAddressMap } = value;
  if (typeof name !== 'string' || name === '') {
    throw new TypeError(
      `sentinel.name: ${show(name)} is not the name that sentinels have for a master.`,
    );
  }
  if (!Array.isArray(sentinelRootNodes) || sentinelRootNodes.length === 0) {
    throw new TypeError('sentinel.sentinelRootNodes: give host and port of one sentinel at least.');
  }
  const roots = sentinelRootNodes.map((node: unknown, place) =>
    parseAddress(`sentinel.sentinelRootNodes[${place}]`, node),
  );
  const map = nodeAddressMap as NodeAddressMap | undefined;
  if (map !== undefined && map !== null && typeof map !== 'object' && typeof map !== 'function') {
    throw new TypeError(
      `sentinel.nodeAddressMap: ${show(map)} is neither an object nor a function.`,
    );
  }
  return {
    name,
    roots: roots as [NodeAddress, ...NodeAddress[]],
    nodeClientOptions: parseClientOptions('sentinel.nodeClientOptions', value['nodeClientOptions']),
    sentinelClientOptions: parseClientOptions(
      'sentinel.sentinelClientOptions',
      value['sentinelClientOptions'],
    ),
    nodeAddressMap: map ?? undefined,
  };
}

function parseAddress(option: string, value: unknown): NodeAddress {
  assertObject(option, value);
  const { host, port } = value;
  if (typeof host !== 'string' || host === '') {
    throw new TypeError(`${option}.host: ${show(host)} is not the name of a host.`);
  }
  if (!Number.isInteger(port) || Number(port) < 1 || Number(port) > 65_535) {
    throw new TypeError(`${option}.port: ${show(port)} is not a port.`);
  }
  return { host, port: Number(port) };
}

/** Where the servers are is said by the sentinels, and where they are by `sentinelRootNodes`. */
function parseClientOptions(option: string, value: unknown): NodeRedisOptions {
  if (value === undefined) return {};
  assertObject(option, value);
  assertPlaced(value, option);
  if (value['url'] !== undefined) {
    throw new TypeError(`${option}.url: where a server is, the sentinels say.`);
  }
  return value;
}

function assertObject(option: string, value: unknown): asserts value is Record<string, unknown> {
  if (typeof value === 'object' && value !== null) return;
  throw new TypeError(`${option}: ${show(value)} is not an object of options for node-redis.`);
}
