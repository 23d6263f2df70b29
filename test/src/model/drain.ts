import { setFlagsFromString } from 'node:v8';

setFlagsFromString('--allow-natives-syntax');
// oxlint-disable-next-line typescript/no-implied-eval -- the syntax is V8's own
const checkpoint = new Function('%PerformMicrotaskCheckpoint()') as () => void;
setFlagsFromString('--no-allow-natives-syntax');

/**
 * Settles every promise that can settle, here and now: an exploration takes millions of steps, and
 * a turn of the event loop for each would be most of its time. Not to be called by a promise's own
 * call-back; see `inOwnTurn`.
 */
export function drain(): void {
  checkpoint();
}

/** Runs the work where promises can be drained: from the event loop itself. */
export function inOwnTurn<T>(work: () => T): Promise<T> {
  return new Promise((resolve, reject) => {
    setImmediate(() => {
      try {
        resolve(work());
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)));
      }
    });
  });
}
