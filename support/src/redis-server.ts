import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { onFreePort } from './port.js';
import { register, unregister } from './reaper.js';
import { findRedisServer } from './redis-binary.js';
import { makeTempFolder, type TempFolder } from './temp-folder.js';

export interface RedisOptions {
  /** Further options of redis-server, such as `['--appendonly', 'yes']`. */
  readonly args?: readonly string[];
  /** The path or name of the program. Default: as `findRedisServer` finds it. */
  readonly binary?: string;
  /** Default: a free one. Give one only to take over from a server that is gone. */
  readonly port?: number;
  /**
   * Where the server keeps its data and its unix socket. Default: a temp folder that goes with the
   * server.
   */
  readonly directory?: string;
  /** The path of a file in which a sentinel keeps what it knows: then it is one. */
  readonly sentinel?: string;
  /** The path of a file that its log goes to as well. Default: none. */
  readonly log?: string | undefined;
}

/** How long a server that was asked to stop may take before it is killed. */
const PATIENCE = 5_000;

/** Starts a real Redis of our own. It dies with this process, however that ends. */
export async function startRedis(options: RedisOptions = {}): Promise<RedisServer> {
  const binary = options.binary ?? (await findRedisServer());
  const folder = options.directory === undefined ? await makeTempFolder() : undefined;
  const directory = options.directory ?? folder?.path ?? '.';
  const launch = async (port: number): Promise<RedisServer> => {
    const { args = [], sentinel, log } = options;
    const server = new RedisServer(binary, port, directory, args, folder, sentinel, log);
    await server.start();
    return server;
  };
  try {
    return await (options.port === undefined ? onFreePort(launch) : launch(options.port));
  } catch (error) {
    await folder?.remove();
    throw error;
  }
}

/**
 * A Redis server as a child process; `pid` and the process change with a restart, all else stays.
 */
export class RedisServer implements AsyncDisposable {
  readonly port: number;
  readonly url: string;
  readonly socketPath: string;
  readonly directory: string;
  readonly #binary: string;
  readonly #args: readonly string[];
  readonly #folder: TempFolder | undefined;
  readonly #sentinel: string | undefined;
  readonly #log: string | undefined;
  #process: ChildProcess | undefined;

  /** @internal */
  constructor(
    binary: string,
    port: number,
    directory: string,
    args: readonly string[],
    folder: TempFolder | undefined,
    sentinel?: string,
    log?: string,
  ) {
    this.#binary = binary;
    this.port = port;
    this.url = `redis://127.0.0.1:${port}`;
    this.directory = directory;
    this.socketPath = join(directory, 'redis.sock');
    this.#args = args;
    this.#folder = folder;
    this.#sentinel = sentinel;
    this.#log = log;
  }

  /** The process's number; undefined while none runs. */
  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** Starts the server after `stop` or `kill`, with the data that it left on disk. `args`: further ones, for this time. */
  async start(args: readonly string[] = []): Promise<void> {
    if (this.#process !== undefined) throw new Error('This server is running.');
    const child = spawn(
      this.#binary,
      [
        this.#sentinel === undefined ? [] : [this.#sentinel, '--sentinel'],
        ['--port', String(this.port), '--bind', '127.0.0.1'],
        ['--unixsocket', this.socketPath, '--dir', this.directory],
        ['--save', '', '--appendonly', 'no'],
        ['--shutdown-on-sigint', 'save', '--shutdown-on-sigterm', 'nosave'],
        ['--shutdown-timeout', '0', '--enable-debug-command', 'local'],
        this.#args,
        args,
      ].flat(),
      // A session of its own, so that a Ctrl-C in the terminal reaches us alone and we decide.
      { detached: true, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    this.#process = child;
    if (this.#log !== undefined) child.stdout.pipe(createWriteStream(this.#log, { flags: 'a' }));
    child.once('error', () => {
      // There is no process, and so there will be no 'exit'.
      if (child.pid === undefined) this.#process = undefined;
    });
    child.once('exit', () => {
      if (child.pid !== undefined) unregister(child.pid);
      if (this.#process === child) this.#process = undefined;
    });
    if (child.pid !== undefined) register(child.pid);
    try {
      await ready(child);
    } catch (error) {
      await this.kill();
      throw error;
    }
  }

  /**
   * Lets the server shut down in good order; it saves no snapshot. Its folder stays, for a later
   * `start`.
   */
  stop(): Promise<void> {
    return this.#end('SIGTERM');
  }

  /**
   * The server is gone in this instant, as in a power cut. Its folder stays, for a later `start`.
   */
  kill(): Promise<void> {
    return this.#end('SIGKILL');
  }

  /** The server stops answering, and its connections stay open: a hang. */
  pause(): void {
    this.#process?.kill('SIGSTOP');
  }

  resume(): void {
    this.#process?.kill('SIGCONT');
  }

  /**
   * Ends the server and starts it again on the same port. With `keepData` it saves a snapshot
   * first; without, it comes back empty, as after a fail-over to a replica that knew nothing.
   */
  async restart({ keepData }: { readonly keepData: boolean }): Promise<void> {
    await this.#end(keepData ? 'SIGINT' : 'SIGKILL');
    if (!keepData) {
      const names = await readdir(this.directory);
      const removals = names.map((name) => rm(join(this.directory, name), { recursive: true }));
      await Promise.all(removals);
    }
    await this.start();
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process;
    if (child === undefined) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    // A paused process would only hear the signal when it is resumed.
    child.kill('SIGCONT');
    const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE);
    await ended;
    clearTimeout(timer);
    // A process that it has forked, for a snapshot, has its log as well, and would keep us alive.
    child.stdout?.destroy();
    child.stderr?.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    await this.#folder?.remove();
  }
}

/** Settles when the server says in its log that it serves; it listens before it says so. */
async function ready(child: ChildProcess): Promise<void> {
  const { stdout, stderr } = child;
  if (stdout === null || stderr === null) throw new Error('The server has no log to read.');
  const log: string[] = [];
  await new Promise<void>((resolve, reject) => {
    const listen = (line: string): void => {
      log.push(line);
      if (/Ready to accept connections|Sentinel ID is/.test(line)) resolve();
    };
    createInterface(stdout).on('line', listen);
    createInterface(stderr).on('line', listen);
    child.once('error', reject);
    // 'close' comes after 'exit' when the whole log has been read.
    child.once('close', (code, signal) => {
      const text = log.join('\n');
      const ending = signal ?? `code ${code}`;
      const error = new Error(`The server ended with ${ending} before it was ready.\n${text}`);
      const isPortInUse = text.includes('Address already in use');
      reject(isPortInUse ? Object.assign(error, { code: 'EADDRINUSE' }) : error);
    });
  });
}
