import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { onFreePort } from './port.js';
import { findRedisServer, namesParts } from './redis-binary.js';
import { type RedisServer, startRedis } from './redis-server.js';
import { makeTempFolder, type TempFolder } from './temp-folder.js';

export interface RedisClusterOptions {
  /** How many serve slots, in equal parts. Default 3. */
  readonly masters?: number;
  /** How many of them have a replica. Default: all. */
  readonly replicas?: number;
  /** How many nodes without slots there are beside them. Default: none. */
  readonly spares?: number;
  /** After so long without a word a node is taken for gone, in ms. Default 2,000. */
  readonly nodeTimeout?: number;
  /** Further options of each redis-server. */
  readonly args?: readonly string[];
  /** The path or name of the program. Default: as `findRedisServer` finds it. */
  readonly binary?: string;
  readonly password?: string;
  /** The folder that the logs of all nodes go to as well. Default: none. */
  readonly logs?: string;
}

const SLOTS = 16_384;

/** What a node is when the cluster begins. */
interface Part {
  readonly id: string;
  readonly port: number;
  readonly busPort: number;
  /** Of a master and its replicas. */
  readonly shard: string;
  /** `master <range of slots>`, `master`, or `slave <id of its master>`. */
  readonly role: { readonly master?: string; readonly slots?: string };
}

/**
 * Starts a real cluster of our own. It dies with this process, however that ends.
 *
 * Its nodes find each other in the files that they would have written themselves: so nothing has to be
 * said to them first.
 */
export async function startCluster(options: RedisClusterOptions = {}): Promise<RedisCluster> {
  const { masters = 3, replicas = masters, spares = 0, nodeTimeout = 2_000 } = options;
  const { password, logs } = options;
  const binary = options.binary ?? (await findRedisServer());
  const ports = await freePorts(2 * (masters + replicas + spares));
  const parts: Part[] = [];
  for (let place = 0; place < masters + replicas + spares; place += 1) {
    const id = newId();
    const [port, busPort] = ports.slice(2 * place) as [number, number];
    const first = Math.ceil((SLOTS * place) / masters);
    const last = Math.ceil((SLOTS * (place + 1)) / masters) - 1;
    const isReplica = place >= masters && place < masters + replicas;
    const shard = isReplica ? (parts[place - masters] as Part).shard : newId();
    const role =
      place < masters
        ? { slots: `${first}-${last}` }
        : isReplica
          ? { master: (parts[place - masters] as Part).id }
          : {};
    parts.push({ id, port, busPort, shard, role });
  }
  const withShards = await namesParts(binary);
  const folders: TempFolder[] = [];
  const servers: RedisServer[] = [];
  const cluster = new RedisCluster(servers, folders, password);
  try {
    await Promise.all(
      parts.map(async (part, place) => {
        const folder = await makeTempFolder();
        folders.push(folder);
        await writeFile(join(folder.path, 'nodes.conf'), nodesConf(part, parts, withShards));
        servers[place] = await startRedis({
          binary,
          port: part.port,
          directory: folder.path,
          log: logs === undefined ? undefined : join(logs, `${place + 1}-node.log`),
          args: [
            ['--cluster-enabled', 'yes', '--cluster-config-file', 'nodes.conf'],
            ['--cluster-port', String(part.busPort)],
            ['--cluster-node-timeout', String(nodeTimeout)],
            ['--cluster-replica-validity-factor', '0', '--repl-diskless-sync-delay', '0'],
            password === undefined ? [] : ['--requirepass', password, '--masterauth', password],
            options.args ?? [],
          ].flat(),
        });
      }),
    );
    await cluster.ready();
    return cluster;
  } catch (error) {
    await cluster[Symbol.asyncDispose]();
    throw error;
  }
}

/** The servers of a cluster, in this order: masters, their replicas, nodes without slots. */
export class RedisCluster implements AsyncDisposable {
  readonly nodes: readonly RedisServer[];
  readonly #folders: readonly TempFolder[];
  readonly #password: string | undefined;

  /** @internal */
  constructor(
    nodes: readonly RedisServer[],
    folders: readonly TempFolder[],
    password: string | undefined,
  ) {
    this.nodes = nodes;
    this.#folders = folders;
    this.#password = password;
  }

  /** Of the first node. */
  get url(): string {
    return this.urlOf(this.nodes[0] as RedisServer);
  }

  /** With the password. */
  urlOf({ port }: RedisServer): string {
    const user = this.#password === undefined ? '' : `:${this.#password}@`;
    return `redis://${user}127.0.0.1:${port}`;
  }

  /** Resolves when every node serves, and every replica follows. */
  async ready(): Promise<void> {
    for (const { port } of this.nodes) {
      while (!isReady(await ask(port, ['CLUSTER INFO', 'INFO replication'], this.#password))) {
        await pause(20);
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.nodes.map((node) => node[Symbol.asyncDispose]()));
    await Promise.all(this.#folders.map((folder) => folder.remove()));
  }
}

function isReady(answers: string): boolean {
  const follows = !answers.includes('role:slave') || answers.includes('master_link_status:up');
  return answers.includes('cluster_state:ok') && follows;
}

/** What is answered to commands without odd characters. */
async function ask(
  port: number,
  commands: readonly string[],
  password: string | undefined,
): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  const chunks: string[] = [];
  socket.setEncoding('utf8').on('data', (chunk: string) => chunks.push(chunk));
  const auth = password === undefined ? [] : [`AUTH ${password}`];
  socket.write([...auth, ...commands, 'QUIT', ''].join('\r\n'));
  await once(socket, 'close');
  return chunks.join('');
}

function newId(): string {
  return randomBytes(20).toString('hex');
}

/**
 * What the node knows of all of them. Redis 8.0 ends with a failed assertion at the first SPUBLISH if it finds
 * no name for its part.
 */
function nodesConf(self: Part, parts: readonly Part[], withShards: boolean): string {
  const lines = parts.map((part, place) => {
    const { id, port, busPort, shard, role } = part;
    const flags = [
      ...(part === self ? ['myself'] : []),
      role.master === undefined ? 'master' : 'slave',
    ];
    const epoch = role.master === undefined ? place + 1 : 0;
    const facts = [flags.join(','), role.master ?? '-', 0, 0, epoch, 'connected'];
    const address = `127.0.0.1:${port}@${busPort}${withShards ? `,,shard-id=${shard}` : ''}`;
    return [id, address, ...facts, role.slots ?? ''].join(' ').trim();
  });
  return [...lines, `vars currentEpoch ${parts.length} lastVoteEpoch 0`, ''].join('\n');
}

/** Different ones, all of them free. */
async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  while (ports.size < count) {
    ports.add(await onFreePort((port) => Promise.resolve(port)));
  }
  return [...ports];
}
