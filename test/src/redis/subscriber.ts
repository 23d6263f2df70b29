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
  async heard(message: string): Promise<void> {
    while (!this.messages.includes(message)) {
      await new Promise<void>((resolve) => {
        this.#onMessage = resolve;
      });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#client.destroy();
  }
}
