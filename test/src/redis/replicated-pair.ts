import { setTimeout as elapse } from 'node:timers/promises';
import { type RedisOptions, type RedisServer, startRedis } from '@holdfast/support';
import { Observer } from '../faults/observer.js';

/** A server, and we who talk with it. */
interface Side {
  readonly server: RedisServer;
  readonly observer: Observer;
}

/** For what was written to reach the replica while writes are held back, in ms. */
const PAUSE = 10_000;
/** For a replica to copy all data, in ms. */
const COPYING = 20_000;

/**
 * A master and a replica that change places in planned failovers: no write is lost, and no
 * connection is closed.
 */
export class ReplicatedPair implements AsyncDisposable {
  #master: Side;
  #replica: Side;

  private constructor(master: Side, replica: Side) {
    this.#master = master;
    this.#replica = replica;
  }

  static async open({ args = [] }: RedisOptions = {}): Promise<ReplicatedPair> {
    // Otherwise it waits some seconds for further replicas before it copies its data.
    const options = { args: [...args, '--repl-diskless-sync-delay', '0'] };
    const [master, replica] = await Promise.all([open(options), open(options)]);
    const pair = new ReplicatedPair(master, replica);
    try {
      await pair.#follow();
      await pair.#linked();
      return pair;
    } catch (error) {
      await pair[Symbol.asyncDispose]();
      throw error;
    }
  }

  get master(): RedisServer {
    return this.#master.server;
  }

  /** At the master, whichever that is now. */
  get observer(): Observer {
    return this.#master.observer;
  }

  /**
   * Promotes the replica once it has all that was written; writes that come meanwhile are held back,
   * and then refused by the former master. `lead`: sends new connections to the port of the new one.
   *
   * @throws {Error} if the replica does not catch up; all is then as it was.
   */
  async changePlaces(lead: (port: number) => unknown): Promise<void> {
    await this.#linked();
    const former = this.#master;
    const next = this.#replica;
    await former.observer.send('CLIENT', 'PAUSE', String(PAUSE), 'WRITE');
    try {
      await this.#caughtUp();
      await next.observer.send('REPLICAOF', 'NO', 'ONE');
      this.#master = next;
      this.#replica = former;
      await lead(next.server.port);
      await this.#follow();
    } finally {
      await former.observer.send('CLIENT', 'UNPAUSE');
    }
  }

  /**
   * The master is killed and the replica promoted, which for so long has been without what was written,
   * in ms. The former master comes back as its replica.
   */
  async failOver(behind: number, lead: (port: number) => unknown): Promise<void> {
    await this.#linked();
    const former = this.#master;
    const next = this.#replica;
    // It finds no master there, and keeps what it has.
    await next.observer.send('REPLICAOF', '127.0.0.1', '1');
    await elapse(behind);
    await former.server.kill();
    await next.observer.send('REPLICAOF', 'NO', 'ONE');
    this.#master = next;
    this.#replica = former;
    await lead(next.server.port);
    await former.server.start();
    await this.#follow();
  }

  /** Resolves when whoever listens at the replica was sent all that was published at the master. */
  async copied(): Promise<void> {
    await this.#linked();
    await this.#caughtUp();
  }

  /** Resolves when the replica has, and has passed on, all that the master has written so far. */
  async #caughtUp(): Promise<void> {
    const written = await this.#offset(this.#master, 'master_repl_offset');
    await until(PAUSE / 2, 'The replica did not catch up.', async () => {
      return (await this.#offset(this.#replica, 'slave_repl_offset')) >= written;
    });
  }

  async #follow(): Promise<void> {
    const { port } = this.#master.server;
    await this.#replica.observer.send('REPLICAOF', '127.0.0.1', String(port));
  }

  async #linked(): Promise<void> {
    await until(COPYING, 'The replica did not find its master.', async () => {
      return (await replicationOf(this.#replica)).includes('master_link_status:up');
    });
  }

  async #offset(side: Side, field: string): Promise<number> {
    const info = await replicationOf(side);
    return Number(new RegExp(`^${field}:(\\d+)`, 'm').exec(info)?.[1]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { observer, server } of [this.#master, this.#replica]) {
      await observer[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    }
  }
}

async function open(options: RedisOptions): Promise<Side> {
  const server = await startRedis(options);
  try {
    return { server, observer: await Observer.open(server.url) };
  } catch (error) {
    await server[Symbol.asyncDispose]();
    throw error;
  }
}

async function replicationOf({ observer }: Side): Promise<string> {
  return String(await observer.send('INFO', 'replication'));
}

async function until(
  limit: number,
  otherwise: string,
  condition: () => Promise<boolean>,
): Promise<void> {
  const end = performance.now() + limit;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(otherwise);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
