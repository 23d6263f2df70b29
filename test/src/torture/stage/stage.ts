import { join } from 'node:path';
import {
  makeTempFolder,
  type RedisServer,
  startWorker,
  type TempFolder,
  type WorkerProcess,
} from '@holdfast/support';
import type { Observer } from '../../faults/observer.js';
import { ReplicatedPair } from '../../redis/replicated-pair.js';
import { HOT_LOCKS } from '../worker/choice.js';
import { Crew } from './crew.js';
import { DURABLE, FORGETFUL } from './keeping.js';
import { LineWatch } from './line-watch.js';
import { Network } from './network.js';

export interface StageTerms {
  readonly seed: number;
  readonly workers: number;
  /** The ways in which the server loses data. */
  readonly losing: readonly string[];
  /** In ms; 0: none. */
  readonly grace: number;
  /** Where the journals go. */
  readonly folder: string;
}

/** How long an operation of a worker may stay unanswered, in ms. */
const COMMAND_TIMEOUT = 2_000;

/** Everything that takes part: the server and its replica, the proxies, the register, the crew, and we who watch. */
export class Stage implements AsyncDisposable {
  readonly network: Network;
  readonly crew: Crew;
  readonly lineWatch: LineWatch;
  readonly registerLog: string;
  readonly #servers: ReplicatedPair;
  readonly #register: WorkerProcess<Record<string, never>>;
  readonly #sockets: TempFolder;

  private constructor(parts: Parts) {
    this.#servers = parts.servers;
    this.network = parts.network;
    this.crew = parts.crew;
    this.registerLog = parts.registerLog;
    this.#register = parts.register;
    this.#sockets = parts.sockets;
    // Not those with short leases: one can run out before its waiter hears of it, and then others pass.
    this.lineWatch = new LineWatch(() => this.observer, HOT_LOCKS);
  }

  static async open({ seed, workers, losing, grace, folder }: StageTerms): Promise<Stage> {
    const servers = await ReplicatedPair.open({ args: losing.length > 0 ? FORGETFUL : DURABLE });
    const network = await Network.open(servers.master.port, workers);
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
      grace,
    });
    return new Stage({ servers, network, crew, registerLog, register, sockets });
  }

  /** The master, whichever server that is now. */
  get redis(): RedisServer {
    return this.#servers.master;
  }

  /** Past every proxy, at the master. */
  get observer(): Observer {
    return this.#servers.observer;
  }

  /** A planned failover: the replica becomes the master, and nobody's connection is closed. */
  async changePlaces(): Promise<void> {
    await this.#servers.changePlaces((port) => this.network.lead(port));
  }

  /** The master dies, and a replica takes its place that for so long has been without what it wrote, in ms. */
  async failOver(behind: number): Promise<void> {
    await this.#servers.failOver(behind, (port) => this.network.lead(port));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.lineWatch[Symbol.asyncDispose]();
    await this.crew[Symbol.asyncDispose]();
    await this.network[Symbol.asyncDispose]();
    await this.#register[Symbol.asyncDispose]();
    await this.#servers[Symbol.asyncDispose]();
    await this.#sockets.remove();
  }
}

interface Parts extends Pick<Stage, 'network' | 'crew' | 'registerLog'> {
  readonly servers: ReplicatedPair;
  readonly register: WorkerProcess<Record<string, never>>;
  readonly sockets: TempFolder;
}
