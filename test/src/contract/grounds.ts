import { describe, test } from 'node:test';
import { memoryGround } from './memory-ground.js';
import { redisGround } from './redis-ground.js';
import { type Ground, type Promises, Scene } from './scene.js';

const GROUNDS: Readonly<Record<string, () => Promise<Ground>>> = {
  'in Redis': () => redisGround(({ url }) => ({ where: { url } })),
  'in this process': memoryGround,
};

/** Far above what any of them takes. */
const TIMEOUT = 120_000;

/**
 * Declares what is promised of one concept wherever locks are kept, each promise on a ground of its
 * own: what a broken one leaves behind tells nothing about the others.
 */
export function onEveryGround(concept: string, declare: (promises: Promises) => void): void {
  for (const [where, setup] of Object.entries(GROUNDS)) {
    describe(`${concept}, with locks ${where}`, () => {
      declare((promise, keep) => {
        test(promise, { timeout: TIMEOUT }, async () => {
          await using ground = await setup();
          await using scene = new Scene(ground);
          await keep(scene);
        });
      });
    });
  }
}
