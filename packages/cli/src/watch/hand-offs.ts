import { HoldfastError } from '@holdfast/core';
import type { Target } from '../connection/options.js';
import { Server } from '../connection/server.js';

/**
 * Hand-offs a second, of the whole server: between two looks a lock can change hands many times, and only
 * the server has counted. Every hand-off is published.
 */
export class HandOffs implements AsyncDisposable {
  readonly #target: Target;
  #server: Server | undefined;
  #last: { readonly count: number; readonly at: number } | undefined;

  constructor(target: Target) {
    this.#target = target;
  }

  /** Since the last call. Undefined: it is the first, or the server does not say. */
  async rate(): Promise<number | undefined> {
    const last = this.#last;
    const count = await this.#count();
    if (count === undefined) {
      this.#last = undefined;
      return undefined;
    }
    const now = performance.now();
    this.#last = { count, at: now };
    if (last === undefined) return undefined;
    // Whoever resets the statistics begins anew.
    return Math.max(0, count - last.count) / ((now - last.at) / 1_000);
  }

  async #count(): Promise<number | undefined> {
    try {
      this.#server ??= await Server.connect(this.#target);
      const info = await this.#server.tryAsk('INFO', 'commandstats');
      if (typeof info !== 'string') return undefined;
      return Number(/cmdstat_spublish:calls=(\d+)/.exec(info)?.[1] ?? 0);
    } catch (error) {
      if (!(error instanceof HoldfastError)) throw error;
      // The view says that the server is away; the next look connects anew.
      await this[Symbol.asyncDispose]();
      return undefined;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server?.[Symbol.asyncDispose]();
    this.#server = undefined;
  }
}
