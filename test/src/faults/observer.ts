import { createClient } from 'redis';

/** What a test sees and does at the server itself, past every locker and proxy. */
export class Observer implements AsyncDisposable {
  readonly #client;

  private constructor(url: string) {
    // It comes back by itself after a restart of the server.
    this.#client = createClient({ url, socket: { reconnectStrategy: 20 } });
    this.#client.on('error', () => {});
  }

  static async open(url: string): Promise<Observer> {
    const observer = new Observer(url);
    await observer.#client.connect();
    return observer;
  }

  send(...command: string[]): Promise<unknown> {
    return this.#client.sendCommand(command);
  }

  /** The owner token that stands in the lock key. */
  async owner(name: string): Promise<string | undefined> {
    const value = await this.#client.get(`lock:${name}`);
    return value?.split(' ')[0];
  }

  /** Milliseconds; -2: no such key. */
  lease(name: string): Promise<number> {
    return this.#client.pTTL(`lock:${name}`);
  }

  waiters(name: string): Promise<number> {
    return this.#client.zCard(`holdfast:queue:lock:${name}`);
  }

  /** Settles when as many stand in line. Nothing tells, so it looks. */
  async lined(name: string, count: number): Promise<void> {
    await until(async () => (await this.waiters(name)) === count);
  }

  /** How many lockers the server would count as receivers of a grant. */
  async listeners(): Promise<number> {
    return ((await this.send('PUBSUB', 'SHARDCHANNELS', 'holdfast:wake:*')) as string[]).length;
  }

  /** How many wake channels the server thinks open; a locker that opened its own anew may have two. */
  async subscriptions(): Promise<number> {
    const channels = (await this.send('PUBSUB', 'SHARDCHANNELS', 'holdfast:wake:*')) as string[];
    const counts = (await this.send('PUBSUB', 'SHARDNUMSUB', ...channels)) as unknown[];
    return counts.reduce<number>((sum, count) => sum + (typeof count === 'number' ? count : 0), 0);
  }

  /** How many batches clients have sent so far. */
  async batches(): Promise<number> {
    const stats = await this.#client.info('commandstats');
    return Number(/cmdstat_evalsha:calls=(\d+)/.exec(stats)?.[1] ?? 0);
  }

  async keys(): Promise<string[]> {
    return (await this.#client.keys('*')).toSorted();
  }

  /** Cuts every connection but this one. */
  async killClients(): Promise<void> {
    await this.send('CLIENT', 'KILL', 'TYPE', 'pubsub');
    await this.send('CLIENT', 'KILL', 'TYPE', 'normal');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#client.destroy();
  }
}

/** Looks again and again, for what nothing tells of; the limit is far above what any takes. */
export async function until(condition: () => Promise<boolean> | boolean): Promise<void> {
  const limit = performance.now() + 20_000;
  while (!(await condition())) {
    if (performance.now() > limit) throw new Error(`It did not become so: ${String(condition)}`);
    await new Promise((resolve) => setTimeout(resolve, 3));
  }
}
