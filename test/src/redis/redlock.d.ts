/** What we use of redlock, whose own types cannot be found by `nodenext` resolution. */
declare module 'redlock' {
  import type { Cluster, Redis } from 'ioredis';

  interface Settings {
    readonly retryCount: number;
    readonly retryDelay: number;
    readonly retryJitter: number;
  }

  class Redlock {
    constructor(clients: readonly (Cluster | Redis)[], settings?: Settings);
    on(event: 'error', listener: (error: unknown) => void): this;
    acquire(
      resources: readonly string[],
      ttl: number,
      settings?: Partial<Settings>,
    ): Promise<{ release(): Promise<unknown> }>;
  }

  class ExecutionError extends Error {}

  export { ExecutionError, Redlock as default };
}
