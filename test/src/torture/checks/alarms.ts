import type { Check } from './violation.js';

/** No rejection goes unhandled, and no error is of another kind than the documents say. */
export const alarms: Check = function* (history) {
  for (const { worker, at, message } of history.alarms) {
    yield { lock: undefined, at, message: `${worker}: ${message}` };
  }
};
