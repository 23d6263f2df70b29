import { RedisUnsupportedError } from '../../errors.js';
import type { ConnectionSource, NodeRedisClient, ServerFacts } from './client.js';

/** Where a session connects: what its first connection leads to, all others have to lead to as well. */
export class FirstContact implements ConnectionSource {
  readonly address: string;
  readonly connectTimeout: number;
  readonly #source: ConnectionSource;
  #mode: ServerFacts['mode'] | undefined;

  constructor(source: ConnectionSource) {
    this.address = source.address;
    this.connectTimeout = source.connectTimeout;
    this.#source = source;
  }

  /** Undefined: there was no connection yet. */
  get mode(): ServerFacts['mode'] | undefined {
    return this.#mode;
  }

  get host(): string {
    return this.#source.host;
  }

  create(): NodeRedisClient {
    return this.#source.create();
  }

  async check(connection: Parameters<ConnectionSource['check']>[0]): Promise<ServerFacts> {
    const facts = await this.#source.check(connection);
    this.#mode ??= facts.mode;
    if (facts.mode === this.#mode) return facts;
    throw new RedisUnsupportedError(this.address, 'it has become another kind of server meanwhile');
  }

  at(host: string, port: number): ConnectionSource {
    return this.#source.at(host, port);
  }
}
