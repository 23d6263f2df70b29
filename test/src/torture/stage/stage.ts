import { join } from 'node:path';
import {
  makeTempFolder,
  startWorker,
  type TempFolder,
  type WorkerProcess,
} from '@holdfast/support';
import { HOT_LOCKS } from '../worker/choice.js';
import { Cluster } from './cluster.js';
import { Crew } from './crew.js';
import { DURABLE, FORGETFUL } from './keeping.js';
import { LineWatch } from './line-watch.js';
import { Network } from './network.js';
import { Pair } from './pair.js';
import { Sentinels } from './sentinels.js';
import type { Servers, ServersTerms, Topology } from './servers.js';

export interface StageTerms {
  readonly topology: Topology;
  readonly seed: number;
  readonly workers: number;
  /** The ways in which the servers lose data. */
  readonly losing: readonly string[];
  /** In ms; 0: none. */
  readonly grace: number;
  /** Where the journals go. */
  readonly folder: string;
}

/** How long an operation of a worker may stay unanswered, in ms. */
const COMMAND_TIMEOUT = 2_000;

const OPEN: Readonly<Record<Topology, (terms: ServersTerms) => Promise<Servers>>> = {
  single: ({ args }) => Pair.open(args),
  cluster: (terms) => Cluster.open(terms),
  sentinel: (terms) => Sentinels.open(terms),
};

/** Everything that takes part: the servers, the proxies, the register, the crew, and we who watch. */
export class Stage implements AsyncDisposable {
  readonly topology: Topology;
  readonly servers: Servers;
  readonly network: Network;
  readonly crew: Crew;
  readonly lineWatch: LineWatch;
  readonly registerLog: string;
  readonly #register: WorkerProcess<Record<string, never>>;
  readonly #sockets: TempFolder;

  private constructor(parts: Parts) {
    this.topology = parts.topology;
    this.servers = parts.servers;
    this.network = parts.network;
    this.crew = parts.crew;
    this.registerLog = parts.registerLog;
    this.#register = parts.register;
    this.#sockets = parts.sockets;
    // Not those with short leases: one can run out before its waiter hears of it, and then others pass.
    this.lineWatch = new LineWatch(parts.servers, HOT_LOCKS);
  }

  static async open(terms: StageTerms): Promise<Stage> {
    const { topology, seed, workers, losing, grace, folder } = terms;
    const losesData = losing.length > 0;
    const args = losesData ? FORGETFUL : DURABLE;
    const servers = await OPEN[topology]({ seed, losesData, args, folder });
    const network = await Network.open(servers.ports, workers);
    // Its path has to be short: a unix socket.
    const sockets = await makeTempFolder();
    const socket = join(sockets.path, 'register');
    const registerLog = join(folder, 'register.jsonl');
    const module = new URL('./register.js', import.meta.url);
    const register = await startWorker<Record<string, never>>(module, [socket, registerLog]);
    const crew = await Crew.start({
      seed,
      folder,
      places: network.doors.map((doors) => servers.whereBy(doors)),
      register: socket,
      commandTimeout: COMMAND_TIMEOUT,
      grace,
    });
    return new Stage({ topology, servers, network, crew, registerLog, register, sockets });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.lineWatch[Symbol.asyncDispose]();
    await this.crew[Symbol.asyncDispose]();
    await this.network[Symbol.asyncDispose]();
    await this.#register[Symbol.asyncDispose]();
    await this.servers[Symbol.asyncDispose]();
    await this.#sockets.remove();
  }
}

interface Parts extends Pick<Stage, 'topology' | 'servers' | 'network' | 'crew' | 'registerLog'> {
  readonly register: WorkerProcess<Record<string, never>>;
  readonly sockets: TempFolder;
}
