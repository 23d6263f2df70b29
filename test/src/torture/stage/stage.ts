import { join } from 'node:path';
import {
  makeTempFolder,
  type RedisServer,
  startRedis,
  startWorker,
  type TempFolder,
  type WorkerProcess,
} from '@holdfast/support';
import { Observer } from '../../faults/observer.js';
import { HOT_LOCKS } from '../worker/choice.js';
import { Crew } from './crew.js';
import { LineWatch } from './line-watch.js';
import { Network } from './network.js';

export interface StageTerms {
  readonly seed: number;
  readonly workers: number;
  readonly losesData: boolean;
  /** Where the journals go. */
  readonly folder: string;
}

/** How long an operation of a worker may stay unanswered, in ms. */
const COMMAND_TIMEOUT = 2_000;

/** A server that has told somebody of a write has it on its disk. */
const DURABLE = ['--appendonly', 'yes', '--appendfsync', 'always'];

/** Everything that takes part: the server, the proxies, the register, the crew, and we who watch. */
export class Stage implements AsyncDisposable {
  readonly redis: RedisServer;
  readonly observer: Observer;
  readonly network: Network;
  readonly crew: Crew;
  readonly lineWatch: LineWatch;
  readonly registerLog: string;
  readonly #register: WorkerProcess<Record<string, never>>;
  readonly #sockets: TempFolder;

  private constructor(parts: Parts) {
    this.redis = parts.redis;
    this.observer = parts.observer;
    this.network = parts.network;
    this.crew = parts.crew;
    this.registerLog = parts.registerLog;
    this.#register = parts.register;
    this.#sockets = parts.sockets;
    this.lineWatch = new LineWatch(parts.observer, HOT_LOCKS);
  }

  static async open({ seed, workers, losesData, folder }: StageTerms): Promise<Stage> {
    const redis = await startRedis({ args: losesData ? [] : DURABLE });
    const observer = await Observer.open(redis.url);
    const network = await Network.open(redis.port, workers);
    // Its path has to be short: a unix socket.
    const sockets = await makeTempFolder();
    const socket = join(sockets.path, 'register');
    const registerLog = join(folder, 'register.jsonl');
    const module = new URL('./register.js', import.meta.url);
    const register = await startWorker<Record<string, never>>(module, [socket, registerLog]);
    const crew = await Crew.start({
      seed,
      folder,
      urls: network.urls,
      register: socket,
      commandTimeout: COMMAND_TIMEOUT,
    });
    return new Stage({ redis, observer, network, crew, registerLog, register, sockets });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.lineWatch[Symbol.asyncDispose]();
    await this.crew[Symbol.asyncDispose]();
    await this.network[Symbol.asyncDispose]();
    await this.#register[Symbol.asyncDispose]();
    await this.observer[Symbol.asyncDispose]();
    await this.redis[Symbol.asyncDispose]();
    await this.#sockets.remove();
  }
}

interface Parts extends Pick<Stage, 'redis' | 'observer' | 'network' | 'crew' | 'registerLog'> {
  readonly register: WorkerProcess<Record<string, never>>;
  readonly sockets: TempFolder;
}
