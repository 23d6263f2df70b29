import { createLocker } from '@holdfast/core';
import type { Contender } from './contender.js';

/** Holdfast with its defaults. */
export async function holdfast(url: string): Promise<Contender> {
  const locker = await createLocker({ url });
  return {
    name: 'Holdfast',
    async cycle(key) {
      const lock = await locker.acquire(key);
      await lock.release();
    },
    [Symbol.asyncDispose]: () => locker.close(),
  };
}
