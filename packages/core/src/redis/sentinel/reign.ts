import { RedisUnsupportedError } from '../../errors.js';
import type {
  ConnectionSource,
  Endable,
  NodeRedisClient,
  ServerFacts,
} from '../connections/client.js';

/** A master for as long as it is one: connections to it, which all end when it is replaced. */
export class Reign implements ConnectionSource {
  readonly address: string;
  readonly host: string;
  readonly connectTimeout: number;
  readonly guests: Set<Endable> = new Set();
  readonly #server: ConnectionSource;
  readonly #confirm: (reign: Reign) => Promise<void>;

  /** `confirm`: rejects if the sentinels do not name it now. */
  constructor(server: ConnectionSource, confirm: (reign: Reign) => Promise<void>) {
    this.address = server.address;
    this.host = server.host;
    this.connectTimeout = server.connectTimeout;
    this.#server = server;
    this.#confirm = confirm;
  }

  create(): NodeRedisClient {
    return this.#server.create();
  }

  /**
   * That it is a master it says itself; a former one that was away says so, too, and takes writes until
   * a sentinel finds it. So they are asked, once the connection stands.
   */
  async check(connection: Parameters<ConnectionSource['check']>[0]): Promise<ServerFacts> {
    const facts = await this.#server.check(connection);
    if (facts.mode === 'cluster') {
      throw new RedisUnsupportedError(
        this.address,
        'it is a node of a cluster, which has no sentinels',
      );
    }
    await this.#confirm(this);
    return facts;
  }

  at(host: string, port: number): ConnectionSource {
    return this.#server.at(host, port);
  }

  end(cause: Error): void {
    for (const guest of this.guests) guest.lose(cause);
  }
}
