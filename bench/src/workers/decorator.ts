/** A process that calls a decorated method. */
import { createLocker, type Locker, memoryStore } from '@holdfast/core';
import { Locked, UseLocker } from '@holdfast/decorators';
import { serveWorker } from '@holdfast/support';

export type Commands = {
  /** Microseconds for one call of `locker.using`. */
  direct(calls: number): Promise<number>;
  /** Microseconds for one call of a decorated method that does the same. */
  decorated(calls: number): Promise<number>;
};

class Service {
  @UseLocker() readonly locker: Locker;

  constructor(locker: Locker) {
    this.locker = locker;
  }

  direct(id: number): Promise<number> {
    return this.locker.using(`bench:${id}`, async () => id);
  }

  @Locked('bench:{0}')
  async decorated(id: number): Promise<number> {
    return id;
  }
}

const service = new Service(await createLocker({ store: memoryStore() }));
const handlers: Commands = {
  direct: (calls) => time(calls, (id) => service.direct(id)),
  decorated: (calls) => time(calls, (id) => service.decorated(id)),
};
serveWorker(handlers);

async function time(calls: number, call: (id: number) => Promise<number>): Promise<number> {
  const start = performance.now();
  for (let id = 0; id < calls; id += 1) await call(id);
  return ((performance.now() - start) * 1_000) / calls;
}
