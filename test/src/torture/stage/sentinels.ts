import { type RedisSentinels, type RedisServer, startSentinels } from '@holdfast/support';
import { Observer } from '../../faults/observer.js';
import { eventually } from './eventually.js';
import type { Doors, Servers, ServersTerms, Where } from './servers.js';

/**
 * After so long a master is taken for gone, in ms: if no write is to be lost, longer than a fault keeps it
 * from answering.
 */
const DOWN_AFTER = { keepsData: 8_000, losesData: 500 };

/** For a planned failover, in which nothing may be written to the former master, in ms. */
const PAUSE = 60_000;

interface Server {
  readonly server: RedisServer;
  readonly observer: Observer;
}

/** A master and its replica, and three sentinels that watch them. */
export class Sentinels implements Servers {
  readonly ports: readonly number[];
  surprises = 0;
  readonly #group: RedisSentinels;
  readonly #servers: readonly Server[];
  readonly #losesData: boolean;
  #master: Server;

  private constructor(group: RedisSentinels, servers: readonly Server[], losesData: boolean) {
    this.#losesData = losesData;
    this.#group = group;
    this.#servers = servers;
    this.#master = servers[0] as Server;
    this.ports = [...group.servers, ...group.sentinels].map(({ port }) => port);
  }

  static async open({ losesData, args, folder }: ServersTerms): Promise<Sentinels> {
    const downAfter = losesData ? DOWN_AFTER.losesData : DOWN_AFTER.keepsData;
    const group = await startSentinels({ downAfter, args, logs: folder });
    const servers = await Promise.all(
      group.servers.map(async (server) => ({ server, observer: await Observer.open(server.url) })),
    );
    return new Sentinels(group, servers, losesData);
  }

  whereBy(doors: Doors): Where {
    const doorOf = (port: number): { host: string; port: number } => ({
      host: '127.0.0.1',
      port: doors[port] as number,
    });
    return {
      sentinel: {
        name: this.#group.name,
        sentinelRootNodes: this.#group.sentinels.map(({ port }) => doorOf(port)),
        nodeAddressMap: Object.fromEntries(
          this.ports.map((port) => [`127.0.0.1:${port}`, doorOf(port)]),
        ),
      },
    };
  }

  get observers(): readonly Observer[] {
    return [this.#master.observer];
  }

  lineOf(lock: string): string {
    return `holdfast:queue:lock:${lock}`;
  }

  isLasting(key: string): boolean {
    return key === 'holdfast:clock' || key.startsWith('holdfast:epoch:');
  }

  next(): RedisServer {
    return this.#master.server;
  }

  /** It may have been started as a replica. */
  revive(server: RedisServer, args: readonly string[] = []): Promise<void> {
    return server.start(['--replicaof', 'no', 'one', ...args]);
  }

  /**
   * Sentinels do not care what is written last. So nothing is written any more before they are told,
   * and what comes meanwhile is answered by one that is a replica by then.
   */
  async changePlaces(): Promise<void> {
    // Soon they would take a master that is held up for gone.
    if (this.#losesData) return this.takeOver();
    const former = this.#master;
    const replica = this.#replica;
    await former.observer.send('CLIENT', 'PAUSE', String(PAUSE), 'WRITE');
    await eventually('the replica has all', async () => {
      const written = await offset(former, 'master_repl_offset');
      return (await offset(replica, 'slave_repl_offset')) >= written;
    });
    await this.takeOver();
    const { port } = this.#master.server;
    // A sentinel does the same, and ends our connection when it does.
    await eventually('the former master follows', async () => {
      await former.observer.send('REPLICAOF', '127.0.0.1', String(port));
      return (await roleOf(former)) === 'slave';
    });
    await eventually('it goes on', async () => {
      return (await former.observer.send('CLIENT', 'UNPAUSE')) === 'OK';
    });
  }

  async takeOver(): Promise<void> {
    const former = this.#master.server;
    const [sentinel] = this.#group.sentinels as [RedisServer];
    await using observer = await Observer.open(sentinel.url);
    await eventually('a sentinel takes the replica', async () => {
      await observer.send('SENTINEL', 'FAILOVER', this.#group.name);
      return true;
    });
    await this.replaced(former);
  }

  async replaced(former: RedisServer): Promise<void> {
    await eventually('all sentinels name another one', async () => {
      const named = await Promise.all(
        this.#group.sentinels.map(async (sentinel) => (await this.#group.masterBy(sentinel))[1]),
      );
      return new Set(named).size === 1 && named[0] !== String(former.port);
    });
    this.#master = this.#servers.find(({ server }) => server !== former) as Server;
  }

  async settled(): Promise<void> {
    // Sentinels would do that themselves, after ten seconds.
    await eventually('the other one follows', async () => {
      const [, named] = await this.#group.masterBy(this.#group.sentinels[0] as RedisServer);
      const master = this.#servers.find(({ server }) => server.port === Number(named));
      if (master === undefined || (await roleOf(master)) !== 'master') return false;
      if (master !== this.#master && !this.#losesData) this.surprises += 1;
      this.#master = master;
      const other = this.#replica;
      if ((await roleOf(other)) === 'slave') return true;
      await other.observer.send('REPLICAOF', '127.0.0.1', String(named));
      return false;
    });
    await this.#group.ready();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { observer } of this.#servers) await observer[Symbol.asyncDispose]();
    await this.#group[Symbol.asyncDispose]();
  }

  get #replica(): Server {
    return this.#servers.find((server) => server !== this.#master) as Server;
  }
}

async function roleOf({ observer }: Server): Promise<string | undefined> {
  return /role:(\w+)/.exec(String(await observer.send('INFO', 'replication')))?.[1];
}

async function offset({ observer }: Server, field: string): Promise<number> {
  const info = String(await observer.send('INFO', 'replication'));
  return Number(new RegExp(`^${field}:(\\d+)`, 'm').exec(info)?.[1]);
}
