import { closeSync, openSync } from 'node:fs';

/** Whether a terminal controls this process: one that sends signals by keys, and lets jobs wait. */
export function hasTerminal(): boolean {
  try {
    closeSync(openSync('/dev/tty', 'r'));
    return true;
  } catch {
    return false;
  }
}
