import { AsyncResource } from 'node:async_hooks';

const nobody = new AsyncResource('Holdfast');

/**
 * Runs in the async context of no caller. For what serves many callers, such as the timer, a batch
 * or a connection: they would otherwise go on in the context of the one that happened to set them
 * off, keep it alive, and show it to the listeners of other callers.
 */
export function neutrally<T>(work: () => T): T {
  return nobody.runInAsyncScope(work);
}
