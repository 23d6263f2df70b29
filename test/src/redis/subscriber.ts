import { createClient } from 'redis';

/** Hears what comes on one sharded channel of one server. */
export class Subscriber implements AsyncDisposable {
  readonly messages: string[] = [];
  readonly #client: ReturnType<typeof createClient>;
  #onMessage: () => void = () => {};

  private constructor(client: ReturnType<typeof createClient>) {
    this.#client = client;
  }

  static async open(url: string, channel: string): Promise<Subscriber> {
    const client = createClient({ url }) as unknown as ReturnType<typeof createClient>;
    const subscriber = new Subscriber(client);
    await client.connect();
    await client.sSubscribe(channel, (message) => {
      subscriber.messages.push(message);
      subscriber.#onMessage();
    });
    return subscriber;
  }

  /** Resolves when the message has come. */
  heard(message: string): Promise<void> {
    return this.#until(() => this.messages.includes(message));
  }

  /** Resolves when any message has come. */
  any(): Promise<void> {
    return this.#until(() => this.messages.length > 0);
  }

  async #until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      await new Promise<void>((resolve) => {
        this.#onMessage = resolve;
      });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#client.destroy();
  }
}
