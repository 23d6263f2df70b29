import { createClient } from 'redis';
import { until } from '../contract/patience.js';

/** A client that does not know Holdfast: another program on the same Redis. */
export class RawClient implements AsyncDisposable {
  readonly #client: ReturnType<typeof createClient>;

  private constructor(client: ReturnType<typeof createClient>) {
    this.#client = client;
  }

  static async open(url: string): Promise<RawClient> {
    // RESP 2 has strings and numbers only.
    const client = createClient({ url, RESP: 2 }) as unknown as ReturnType<typeof createClient>;
    // A server may be gone for a while: what it is asked then fails, or waits.
    client.on('error', () => {});
    await client.connect();
    return new RawClient(client);
  }

  command(...args: string[]): Promise<unknown> {
    return this.#client.sendCommand(args);
  }

  /** How many commands of a kind the server has run. */
  async calls(command: string): Promise<number> {
    const info = String(await this.command('INFO', 'commandstats'));
    return Number(new RegExp(`cmdstat_${command}:calls=(\\d+)`).exec(info)?.[1] ?? 0);
  }

  /** Resolves when so many stand in line for the lock key. */
  async queued(key: string, count: number): Promise<void> {
    const isQueued = async (): Promise<boolean> =>
      (await this.command('ZCARD', `holdfast:queue:${key}`)) === count;
    await until(isQueued, `${count} in line`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#client.destroy();
  }
}
