import { attend, leave } from '../engine/claim/abort.js';

/** Resolves when the work is done, or the signal is aborted. The work must not reject. */
export function orAborted(work: Promise<unknown>, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const waiting = { abort: () => resolve() };
    if (signal !== undefined) attend(signal, waiting);
    void work.then(() => {
      if (signal !== undefined) leave(signal, waiting);
      resolve();
    });
  });
}
