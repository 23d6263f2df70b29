/** What we use of redlock, whose own types cannot be found by `nodenext` resolution. */
declare module 'redlock' {
  import type { Cluster, Redis } from 'ioredis';

  class Redlock {
    constructor(clients: readonly (Redis | Cluster)[], settings?: { readonly retryCount: number });
    acquire(resources: readonly string[], ttl: number): Promise<{ release(): Promise<unknown> }>;
    using<T>(resources: readonly string[], ttl: number, work: () => Promise<T>): Promise<T>;
  }

  export { Redlock as default };
}
