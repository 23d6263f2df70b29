import type {
  RedisClusterOptions,
  RedisFunctions,
  RedisModules,
  RedisScripts,
  RespVersions,
} from 'redis';
import { show } from '../../runtime/duration.js';
import { assertPlaced, type NodeRedisOptions } from '../connections/node-redis-options.js';
import { parseUrl } from '../connections/url.js';
import type { NodeAddressMap } from './node-address.js';

/** Options of node-redis's cluster client, whatever its modules, its scripts and its protocol. */
export type NodeRedisClusterOptions = Pick<
  RedisClusterOptions<RedisModules, RedisFunctions, RedisScripts, RespVersions>,
  'rootNodes' | 'defaults' | 'nodeAddressMap'
>;

export interface ResolvedClusterOptions {
  readonly rootNodes: readonly [NodeRedisOptions, ...NodeRedisOptions[]];
  readonly defaults: NodeRedisOptions;
  readonly nodeAddressMap: NodeAddressMap | undefined;
}

/** @throws {TypeError} if they lead nowhere. */
export function parseClusterOptions(value: unknown): ResolvedClusterOptions {
  if (typeof value !== 'object' || value === null) {
    throw new TypeError(`cluster: ${show(value)} is not an object of options for node-redis.`);
  }
  const { rootNodes, defaults, nodeAddressMap } = value as Record<string, unknown>;
  if (!Array.isArray(rootNodes) || rootNodes.length === 0) {
    throw new TypeError('cluster.rootNodes: give options of one node at least.');
  }
  const common = defaults === undefined ? {} : parseNode('cluster.defaults', defaults);
  const roots = rootNodes.map((node: unknown, place) => {
    const own = parseNode(`cluster.rootNodes[${place}]`, node);
    const socket = { ...common.socket, ...own.socket } as NonNullable<NodeRedisOptions['socket']>;
    return Object.assign({}, common, own, { socket });
  });
  const map = nodeAddressMap as NodeAddressMap | undefined;
  if (map !== undefined && map !== null && typeof map !== 'object' && typeof map !== 'function') {
    throw new TypeError(
      `cluster.nodeAddressMap: ${show(map)} is neither an object nor a function.`,
    );
  }
  return {
    rootNodes: roots as unknown as ResolvedClusterOptions['rootNodes'],
    defaults: common,
    nodeAddressMap: map ?? undefined,
  };
}

function parseNode(option: string, value: unknown): NodeRedisOptions {
  if (typeof value !== 'object' || value === null) {
    throw new TypeError(`${option}: ${show(value)} is not an object of options for node-redis.`);
  }
  assertPlaced(value, option);
  const { url, ...rest } = value as NodeRedisOptions;
  return url === undefined ? rest : { ...rest, ...parseUrl(`${option}.url`, url) };
}
