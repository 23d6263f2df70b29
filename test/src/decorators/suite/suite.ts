import { after, before, describe, test } from 'node:test';
import { type Ground, type Promises, Scene } from '../../contract/scene.js';
import { busyLocks } from './busy-locks.js';
import { faults } from './faults.js';
import { holdingAtLeast } from './holding-at-least.js';
import { inside } from './inside.js';
import { keys } from './keys.js';
import { kindsOfMethods } from './kinds-of-methods.js';
import { lockers } from './lockers.js';
import { locking } from './locking.js';
import { lostLocks } from './lost-locks.js';
import { metadata } from './metadata.js';
import { options } from './options.js';
import { reentry } from './reentry.js';

const CONCEPTS = {
  locking,
  'kinds of methods': kindsOfMethods,
  keys,
  options,
  lockers,
  'busy locks': busyLocks,
  'lost locks': lostLocks,
  'holding at least': holdingAtLeast,
  reentry,
  inside,
  metadata,
  faults,
};

/** Far above what any of them takes. */
const TIMEOUT = 10_000;

/** What `@Locked` promises in every dialect: this file and its concepts are compiled in each. */
export function decoratorSuite(name: string, setup: () => Promise<Ground>): void {
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
