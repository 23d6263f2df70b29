import { acquiring } from './acquiring.js';
import { adoptingSeveral } from './adopting-several.js';
import { adopting } from './adopting.js';
import { closing } from './closing.js';
import { draining } from './draining.js';
import { durations } from './durations.js';
import { errors } from './errors.js';
import { fencing } from './fencing.js';
import { forceReleasing } from './force-releasing.js';
import { holdingSeveral } from './holding-several.js';
import { holding } from './holding.js';
import { holdingAtLeast } from './holding-at-least.js';
import { inspecting } from './inspecting.js';
import { joiningSeveral } from './joining-several.js';
import { joining } from './joining.js';
import { leading } from './leading.js';
import { leavingBlocks } from './leaving-blocks.js';
import { listing } from './listing.js';
import { limits } from './limits.js';
import { lostWork } from './lost-work.js';
import { limiting } from './limiting.js';
import { names } from './names.js';
import { options } from './options.js';
import { owners } from './owners.js';
import { releasing } from './releasing.js';
import { renewing } from './renewing.js';
import { conceptsOn } from './concepts.js';
import type { Ground } from './scene.js';
import { sharing } from './sharing.js';
import { sharingSeveral } from './sharing-several.js';
import { takingSeveral } from './taking-several.js';
import { telling } from './telling.js';
import { tracing } from './tracing.js';
import { usingCallbacks } from './using-callbacks.js';
import { waiting } from './waiting.js';
import { watching } from './watching.js';

const CONCEPTS = {
  acquiring,
  waiting,
  sharing,
  limiting,
  holding,
  renewing,
  releasing,
  'leaving blocks': leavingBlocks,
  'using callbacks': usingCallbacks,
  joining,
  'joining several': joiningSeveral,
  'holding at least': holdingAtLeast,
  'lost work': lostWork,
  'force-releasing': forceReleasing,
  adopting,
  'taking several': takingSeveral,
  'sharing several': sharingSeveral,
  'holding several': holdingSeveral,
  'adopting several': adoptingSeveral,
  closing,
  draining,
  leading,
  limits,
  fencing,
  names,
  durations,
  options,
  errors,
  owners,
  watching,
  inspecting,
  listing,
  'telling at once': telling,
  tracing,
};

/** What lockers and locks promise, wherever the locks are kept. */
export function contractSuite(name: string, setup: () => Promise<Ground>): void {
  conceptsOn(name, setup, CONCEPTS);
}
