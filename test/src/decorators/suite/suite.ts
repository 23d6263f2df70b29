import { conceptsOn } from '../../contract/concepts.js';
import type { Ground } from '../../contract/scene.js';
import { busyLocks } from './busy-locks.js';
import { faults } from './faults.js';
import { groups } from './groups.js';
import { holdingAtLeast } from './holding-at-least.js';
import { inside } from './inside.js';
import { keys } from './keys.js';
import { kindsOfMethods } from './kinds-of-methods.js';
import { lockers } from './lockers.js';
import { limits } from './limits.js';
import { locking } from './locking.js';
import { lostLocks } from './lost-locks.js';
import { metadata } from './metadata.js';
import { modes } from './modes.js';
import { options } from './options.js';
import { reentry } from './reentry.js';
import { several } from './several.js';
import { severalInModes } from './several-in-modes.js';

const CONCEPTS = {
  locking,
  'kinds of methods': kindsOfMethods,
  keys,
  options,
  lockers,
  'busy locks': busyLocks,
  'lost locks': lostLocks,
  modes,
  groups,
  'holding at least': holdingAtLeast,
  reentry,
  several,
  'several in modes': severalInModes,
  inside,
  limits,
  metadata,
  faults,
};

/** What `@Locked` promises in every dialect: this file and its concepts are compiled in each. */
export function decoratorSuite(name: string, setup: () => Promise<Ground>): void {
  conceptsOn(name, setup, CONCEPTS);
}
