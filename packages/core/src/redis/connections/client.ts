/**
 * The part of a node-redis client that is used here. Structural, so that clients of every supported
 * version and of every set of modules fit.
 */
export interface NodeRedisClient {
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'connect', listener: () => void): unknown;
  on(event: 'end', listener: () => void): unknown;
  on(event: 'sharded-channel-moved', listener: (channel: string) => void): unknown;
  connect(): Promise<unknown>;
  destroy(): void;
  unref(): void;
  sendCommand(args: string[]): Promise<unknown>;
  sSubscribe(channel: string, listener: (message: string) => void): Promise<void>;
  sUnsubscribe(channel: string): Promise<void>;
  subscribe(channel: string, listener: (message: string) => void): Promise<void>;
}

/** What a server says of itself in its greeting. */
export interface ServerFacts {
  readonly mode: 'standalone' | 'cluster' | 'sentinel';
  readonly role: 'master' | 'replica';
  /** Of a node, in its cluster, or of a sentinel; else empty. */
  readonly id: string;
}

/** What can be ended from outside. */
export interface Endable {
  lose(cause: unknown): void;
}

/** Where connections come from: a template to make node-redis clients from, not connected yet. */
export interface ConnectionSource {
  /** Where the server is, for messages; never contains a password. */
  readonly address: string;
  /** The name of its host. */
  readonly host: string;
  /** How long opening a connection may take, in ms. */
  readonly connectTimeout: number;
  create(): NodeRedisClient;
  /** Looks at a fresh connection; throws if it must not be used. */
  check(connection: { command(args: string[]): Promise<unknown> }): Promise<ServerFacts>;
  /** Connections to another server, which are like these in all else. */
  at(host: string, port: number): ConnectionSource;
  /** Where the next connection comes from. Undefined: from here; it is always the same server. */
  readonly current?: ConnectionSource;
  /** Those that open or are open, where all of them may have to end at once. */
  readonly guests?: Set<Endable>;
}
