import { after, before, describe, test } from 'node:test';
import type { Locker, LockerOptions } from '@holdfast/core';
import { type LockManager, lockManager } from '@holdfast/core/web-locks';
import { type Ground, Scene } from '../contract/scene.js';
import { memoryGround } from '../contract/memory-ground.js';
import { redisGround } from '../contract/redis-ground.js';

const GROUNDS: Readonly<Record<string, () => Promise<Ground>>> = {
  'in Redis': () => redisGround(({ url }) => ({ where: { url } })),
  'in this process': memoryGround,
};

/** Far above what any of them takes. */
const TIMEOUT = 120_000;

/** Lock managers, each as if in a process of its own. */
export class Clients {
  readonly #scene: Scene;

  constructor(scene: Scene) {
    this.#scene = scene;
  }

  locker(terms: Terms = {}): Promise<Locker> {
    // Nobody learns anything by a renewal: what is told is told at once.
    return this.#scene.locker({ ttl: '1h', ...terms });
  }

  async locks(terms?: Terms): Promise<LockManager> {
    return lockManager(await this.locker(terms));
  }
}

type Terms = Omit<LockerOptions, 'url' | 'redis' | 'client' | 'store'>;

export type Promises = (promise: string, keep: (clients: Clients) => Promise<void>) => void;

/** What is promised wherever the locks are kept; one server for all promises of a file. */
export function onBothStores(concept: string, declare: (promises: Promises) => void): void {
  for (const [where, open] of Object.entries(GROUNDS)) {
    describe(`${concept}, with locks ${where}`, () => {
      let ground: Ground;
      before(async () => {
        ground = await open();
      });
      after(() => ground[Symbol.asyncDispose]());
      declare((promise, keep) => {
        test(promise, { timeout: TIMEOUT }, async () => {
          await using scene = new Scene(ground);
          await keep(new Clients(scene));
        });
      });
    });
  }
}
