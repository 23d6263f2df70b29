import { after, before, describe, test } from 'node:test';
import { acquiring } from './acquiring.js';
import { adopting } from './adopting.js';
import { closing } from './closing.js';
import { durations } from './durations.js';
import { errors } from './errors.js';
import { fencing } from './fencing.js';
import { forceReleasing } from './force-releasing.js';
import { holding } from './holding.js';
import { leavingBlocks } from './leaving-blocks.js';
import { names } from './names.js';
import { options } from './options.js';
import { releasing } from './releasing.js';
import { renewing } from './renewing.js';
import { type Ground, type Promises, Scene } from './scene.js';
import { usingCallbacks } from './using-callbacks.js';
import { waiting } from './waiting.js';

const CONCEPTS = {
  acquiring,
  waiting,
  holding,
  renewing,
  releasing,
  'leaving blocks': leavingBlocks,
  'using callbacks': usingCallbacks,
  'force-releasing': forceReleasing,
  adopting,
  closing,
  fencing,
  names,
  durations,
  options,
  errors,
};

/** Far above what any of them takes. */
const TIMEOUT = 10_000;

/** What lockers and locks promise, wherever the locks are kept. */
export function contractSuite(name: string, setup: () => Promise<Ground>): void {
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
    for (const [concept, declare] of Object.entries(CONCEPTS)) {
      describe(concept, () => declare(promises));
    }
  });
}
