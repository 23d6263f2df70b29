import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from 'redis';

/** Until all who are to wait stand in line, in ms. */
const PATIENCE = 60_000;

/** What Holdfast's script calls inside the server; the statistics do not tell it from clients'. */
const INSIDE = new Set(
  ['get', 'set', 'del', 'exists', 'type', 'pttl', 'pexpire', 'time', 'spublish', 'pubsub']
    .concat(['zadd', 'zscore', 'zrange', 'zrem'])
    .concat(['info', 'zcard']), // ours, to look on
);

/** What Redis has done since it was started, and what it keeps. */
export interface ServerFigures {
  readonly commands: number;
  /** Leases that were extended. */
  readonly renewals: number;
  readonly cpuSeconds: number;
  readonly usedMemory: number;
  readonly connections: number;
}

type Client = Awaited<ReturnType<typeof connect>>;

/** A look at the server from outside. */
export class Server implements AsyncDisposable {
  readonly #client: Client;

  private constructor(client: Client) {
    this.#client = client;
  }

  static async open(url: string): Promise<Server> {
    return new Server(await connect(url));
  }

  async version(): Promise<string> {
    const info = await this.#client.info('server');
    return /^redis_version:(\S+)/m.exec(info)?.[1] ?? 'unknown';
  }

  async figures(): Promise<ServerFigures> {
    const calls = callsOf(await this.#client.info('commandstats'));
    const [cpu, memory, clients] = await Promise.all(
      ['cpu', 'memory', 'clients'].map((section) => this.#client.info(section)),
    );
    let commands = 0;
    for (const [name, count] of calls) if (!INSIDE.has(name)) commands += count;
    return {
      commands,
      renewals: calls.get('pexpire') ?? 0,
      cpuSeconds: field(cpu, 'used_cpu_sys') + field(cpu, 'used_cpu_user'),
      usedMemory: field(memory, 'used_memory'),
      connections: field(clients, 'connected_clients'),
    };
  }

  /** The owner tokens that wait for a lock, first in line first. */
  async line(lockName: string): Promise<string[]> {
    const members = await this.#client.zRange(`holdfast:queue:lock:${lockName}`, 0, -1);
    return members.map((member) => member.split(' ', 1)[0] as string);
  }

  /** Resolves when so many wait for these locks together. */
  async lined(lockNames: readonly string[], count: number): Promise<void> {
    const limit = performance.now() + PATIENCE;
    for (;;) {
      const lines = await Promise.all(
        lockNames.map((name) => this.#client.zCard(`holdfast:queue:lock:${name}`)),
      );
      const standing = lines.reduce((sum, length) => sum + length, 0);
      if (standing >= count) return;
      if (performance.now() > limit) throw new Error(`Only ${standing} of ${count} are in line.`);
      await sleep(20);
    }
  }

  /** What stands under lock keys: owner token and fencing token. */
  async holders(lockNames: readonly string[]): Promise<(string | null)[]> {
    const values: (string | null)[] = [];
    for (let from = 0; from < lockNames.length; from += 1_000) {
      const keys = lockNames.slice(from, from + 1_000).map((name) => `lock:${name}`);
      values.push(...(await this.#client.mGet(keys)));
    }
    return values;
  }

  async number(key: string): Promise<number> {
    return Number(await this.#client.get(key));
  }

  /** Forgets what a scenario itself has written; says what keys of Holdfast are still there. */
  async leftovers(own: readonly string[] = []): Promise<string[]> {
    if (own.length > 0) await this.#client.del([...own]);
    const keys = await this.#client.keys('*');
    return keys.filter((key) => key !== 'holdfast:clock').slice(0, 10);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#client.destroy();
  }
}

function callsOf(info: string): Map<string, number> {
  const calls = new Map<string, number>();
  for (const [, name = '', count] of info.matchAll(/^cmdstat_([^:|]+)[^:]*:calls=(\d+)/gm)) {
    calls.set(name, (calls.get(name) ?? 0) + Number(count));
  }
  return calls;
}

function field(info: string | undefined, name: string): number {
  return Number(new RegExp(`^${name}:([\\d.]+)`, 'm').exec(info ?? '')?.[1]);
}

function connect(url: string) {
  const client = createClient({ url });
  client.on('error', () => {});
  return client.connect();
}
