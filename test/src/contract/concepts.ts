import { after, before, describe, test } from 'node:test';
import { type Ground, type Promises, Scene } from './scene.js';

/** Far above what any of them takes. */
const TIMEOUT = 30_000;

/** Declares what is promised, concept by concept; each promise on a scene of its own on one ground. */
export function conceptsOn(
  name: string,
  setup: () => Promise<Ground>,
  concepts: Readonly<Record<string, (promises: Promises) => void>>,
): void {
  describe(name, () => {
    let ground: Ground;
    before(async () => {
      ground = await setup();
    });
    after(() => ground[Symbol.asyncDispose]());

    const promises: Promises = (promise, keep) => {
      test(promise, { timeout: TIMEOUT }, async () => {
        await using scene = new Scene(ground);
        await keep(scene);
      });
    };
    for (const [concept, declare] of Object.entries(concepts)) {
      describe(concept, () => declare(promises));
    }
  });
}
