import { after, before, describe, test } from 'node:test';
import { type Ground, type Promises, Scene } from './scene.js';

/** Far above what any of them takes. */
const TIMEOUT = 120_000;

/** Declares what is promised, concept by concept; each promise on a scene of its own on one ground. */
export function conceptsOn(
  name: string,
  setup: () => Promise<Ground>,
  concepts: Readonly<Record<string, (promises: Promises) => void>>,
): void {
  describe(name, () => {
    let ground: Ground;
    /** The ground of a promise that was not kept: what it left behind tells nothing about the others. */
    let suspect: Ground | undefined;
    before(async () => {
      ground = await setup();
    });
    after(() => ground[Symbol.asyncDispose]());

    const promises: Promises = (promise, keep) => {
      test(promise, { timeout: TIMEOUT }, async () => {
        if (suspect === ground) {
          await ground[Symbol.asyncDispose]();
          ground = await setup();
        }
        const own = (suspect = ground);
        {
          await using scene = new Scene(own);
          await keep(scene);
        }
        if (suspect === own) suspect = undefined;
      });
    };
    for (const [concept, declare] of Object.entries(concepts)) {
      describe(concept, () => declare(promises));
    }
  });
}
