import { setImmediate as turn } from 'node:timers/promises';
import { systemClock } from '../../../packages/core/dist/runtime/clock.js';
import { MemoryStore } from '../../../packages/core/dist/memory/memory-store.js';
import type { Ground } from './scene.js';

/** The class behind `memoryStore()`, which lets us count its keys. */
export async function memoryGround(): Promise<Ground> {
  const store = new MemoryStore(systemClock);
  return {
    where: { store },
    // Every operation is applied in the call itself or in its microtasks.
    queued: () => turn(),
    async leftovers() {
      const count = store.keyspace.size(store.now());
      return count === 0 ? [] : [`${count} keys`];
    },
    async [Symbol.asyncDispose]() {},
  };
}
