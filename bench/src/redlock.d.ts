/** What we use of redlock, whose own types cannot be found by `nodenext` resolution. */
declare module 'redlock' {
  import type { Redis } from 'ioredis';

  class Redlock {
    constructor(clients: readonly Redis[], settings?: { readonly retryCount: number });
    on(event: 'error', listener: (error: unknown) => void): this;
    acquire(resources: readonly string[], ttl: number): Promise<{ release(): Promise<unknown> }>;
  }

  export { Redlock as default };
}
