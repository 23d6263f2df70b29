import type { AbortSignalLike } from '../../../packages/core/dist/engine/claim/abort.js';

/** A signal of the caller's: as that of an `AbortController`, at a tenth of its cost. */
export class Cancellation implements AbortSignalLike {
  aborted = false;
  reason: unknown;
  readonly #listeners = new Set<() => void>();

  abort(): void {
    this.aborted = true;
    this.reason = new Error('aborted');
    for (const listener of this.#listeners) listener();
  }

  addEventListener(_type: 'abort', listener: () => void): void {
    this.#listeners.add(listener);
  }

  removeEventListener(_type: 'abort', listener: () => void): void {
    this.#listeners.delete(listener);
  }
}
