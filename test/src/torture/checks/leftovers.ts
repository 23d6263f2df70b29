import type { Check } from './violation.js';

/** Afterwards no key, no process and no timer is left. */
export const leftovers: Check = function* ({ remains }) {
  for (const message of remains) yield { lock: undefined, at: undefined, message };
};
