import { createClient } from 'redis';
import { RedisRefusedError, RedisUnreachableError } from '@holdfast/core';
import { addressOf, type Target } from './options.js';

/** For one answer, in ms. */
const PATIENCE = 5_000;

/** A connection for questions that locks do not ask. */
export class Server implements AsyncDisposable {
  readonly address: string;
  readonly #client: ReturnType<typeof clientOf>;

  private constructor(address: string, client: ReturnType<typeof clientOf>) {
    this.address = address;
    this.#client = client;
  }

  /** @throws {RedisUnreachableError | RedisRefusedError} as `createLocker` does. */
  static async connect(target: Target): Promise<Server> {
    const address = addressOf(target.url);
    const client = clientOf(target);
    // It is told to who asks.
    client.on('error', () => {});
    try {
      await client.connect();
    } catch (error) {
      const isReply = error instanceof Error && /^[A-Z]+ /.test(error.message);
      if (isReply) throw new RedisRefusedError(address, error);
      throw new RedisUnreachableError(address, 'cannot be reached', error);
    }
    return new Server(address, client);
  }

  /** Rejects with the error reply, or with a `RedisUnreachableError`. */
  async ask(...command: string[]): Promise<unknown> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        reject(new RedisUnreachableError(this.address, `gave no answer within ${PATIENCE} ms`));
      }, PATIENCE);
    });
    try {
      return await Promise.race([this.#client.sendCommand(command), late]);
    } catch (error) {
      if (this.#client.isOpen) throw error;
      throw new RedisUnreachableError(this.address, 'is gone', error);
    } finally {
      clearTimeout(timer);
    }
  }

  /** The answer, or undefined if the server does not give it to this user, or has no such command. */
  async tryAsk(...command: string[]): Promise<unknown> {
    try {
      return await this.ask(...command);
    } catch (error) {
      if (error instanceof RedisUnreachableError) throw error;
      return undefined;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#client.destroy();
  }
}

// The type of what it returns is that of its options.
function clientOf({ url, tls }: Target) {
  const ours = { connectTimeout: PATIENCE, reconnectStrategy: false as const };
  return createClient({ url, socket: tls === undefined ? ours : { ...ours, ...tls, tls: true } });
}
