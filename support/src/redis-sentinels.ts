import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type RedisServer, startRedis } from './redis-server.js';
import { makeTempFolder, type TempFolder } from './temp-folder.js';

export interface RedisSentinelsOptions {
  /** How many there are. Default 3. */
  readonly sentinels?: number;
  /** How many servers copy the master. Default 1. */
  readonly replicas?: number;
  /** After so long without a word the master is taken for gone, in ms. Default 500. */
  readonly downAfter?: number;
  /** The folder that the logs of all of them go to as well. Default: none. */
  readonly logs?: string | undefined;
  /** Further options of each redis-server that is no sentinel. */
  readonly args?: readonly string[];
  /** The path or name of the program. Default: as `findRedisServer` finds it. */
  readonly binary?: string;
}

/** What the sentinels call the master. */
const NAME = 'orders';

/**
 * Starts a master with replicas, and sentinels that watch them, all of our own. They die with this
 * process, however that ends.
 */
export async function startSentinels(options: RedisSentinelsOptions = {}): Promise<RedisSentinels> {
  const { sentinels = 3, replicas = 1 } = options;
  const group = new RedisSentinels(options);
  try {
    const master = await group.startServer();
    await Promise.all(
      Array.from({ length: replicas }, () =>
        group.startServer('--replicaof', '127.0.0.1', String(master.port)),
      ),
    );
    await Promise.all(Array.from({ length: sentinels }, () => group.startSentinel()));
    await group.ready();
    return group;
  } catch (error) {
    await group[Symbol.asyncDispose]();
    throw error;
  }
}

/** A master, its replicas, and the sentinels that watch them. */
export class RedisSentinels implements AsyncDisposable {
  readonly name: string = NAME;
  /** In the beginning: the master first, then its replicas. */
  readonly servers: RedisServer[] = [];
  readonly sentinels: RedisServer[] = [];
  readonly #options: RedisSentinelsOptions;
  readonly #folders: TempFolder[] = [];
  #started = 0;

  /** @internal */
  constructor(options: RedisSentinelsOptions) {
    this.#options = options;
  }

  async startServer(...args: readonly string[]): Promise<RedisServer> {
    const { binary } = this.#options;
    const server = await startRedis({
      ...(binary === undefined ? {} : { binary }),
      log: this.#logOf('server'),
      args: ['--repl-diskless-sync-delay', '0', ...(this.#options.args ?? []), ...args],
    });
    this.servers.push(server);
    return server;
  }

  /** One more, which watches whoever is the master now. */
  async startSentinel(): Promise<RedisServer> {
    const { sentinels = 3, downAfter = 500, binary } = this.#options;
    const running = this.sentinels.find(({ pid }) => pid !== undefined);
    const [, port] = running === undefined ? [] : await this.masterBy(running);
    const quorum = Math.floor(sentinels / 2) + 1;
    const folder = await makeTempFolder();
    this.#folders.push(folder);
    const config = join(folder.path, 'sentinel.conf');
    await writeFile(
      config,
      [
        `sentinel monitor ${NAME} 127.0.0.1 ${port ?? this.servers[0]?.port} ${quorum}`,
        `sentinel down-after-milliseconds ${NAME} ${downAfter}`,
        `sentinel failover-timeout ${NAME} 2000`,
        `sentinel parallel-syncs ${NAME} 8`,
        // Else it would look for them at the master, and again after 10 s.
        ...this.servers.slice(1).map((replica) => {
          return `sentinel known-replica ${NAME} 127.0.0.1 ${replica.port}`;
        }),
        '',
      ].join('\n'),
    );
    const sentinel = await startRedis({
      ...(binary === undefined ? {} : { binary }),
      directory: folder.path,
      sentinel: config,
      log: this.#logOf('sentinel'),
    });
    this.sentinels.push(sentinel);
    return sentinel;
  }

  /** Where a sentinel says that the master is: host and port. */
  async masterBy(sentinel: RedisServer): Promise<readonly string[]> {
    const answer = await ask(sentinel.port, `SENTINEL GET-MASTER-ADDR-BY-NAME ${NAME}`);
    return answer.split('\r\n').filter((line) => line !== '' && !/^[*$+]/.test(line));
  }

  /** Resolves when each sentinel knows all the others and all replicas, and these follow the master. */
  async ready(): Promise<void> {
    for (const { port } of this.sentinels) {
      const known = new RegExp(
        `status=ok,.*slaves=${this.servers.length - 1},sentinels=${this.sentinels.length}\\b`,
      );
      while (!known.test(await ask(port, 'INFO sentinel'))) await pause(20);
    }
    for (const { port } of this.servers) {
      while (!isReady(await ask(port, 'INFO replication'))) await pause(20);
    }
  }

  /** Of one that is about to be started; several are at a time. */
  #logOf(what: string): string | undefined {
    const { logs } = this.#options;
    this.#started += 1;
    return logs === undefined ? undefined : join(logs, `${this.#started}-${what}.log`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const all = [...this.sentinels, ...this.servers];
    await Promise.all(all.map((server) => server[Symbol.asyncDispose]()));
    await Promise.all(this.#folders.map((folder) => folder.remove()));
  }
}

function isReady(replication: string): boolean {
  return !replication.includes('role:slave') || replication.includes('master_link_status:up');
}

/** What is answered to a command without odd characters. */
async function ask(port: number, command: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  const chunks: string[] = [];
  socket.setEncoding('utf8').on('data', (chunk: string) => chunks.push(chunk));
  // A sentinel knows no QUIT.
  socket.end(`${command}\r\n`);
  await once(socket, 'close');
  return chunks.join('');
}
