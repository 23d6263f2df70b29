import { show } from '../runtime/duration.js';

/** Options of `memoryStore`. */
export interface MemoryStoreOptions {
  /**
   * Whose time leases, renewals, waits and deadlines follow: that of this machine, or that of a clock
   * which stands until `advance` turns it. Default `'system'`.
   */
  readonly clock?: 'system' | 'manual' | undefined;
}

export function parseMemoryStoreOptions(options: MemoryStoreOptions): {
  readonly clock: 'system' | 'manual';
} {
  if (typeof options !== 'object' || options === null) {
    throw new TypeError(`memoryStore: ${show(options)} is not an object of options.`);
  }
  const unknown = Object.keys(options).find((option) => option !== 'clock');
  if (unknown !== undefined) {
    throw new TypeError(`memoryStore: there is no option ${show(unknown)}; there is: clock.`);
  }
  const { clock = 'system' } = options;
  if (clock === 'system' || clock === 'manual') return { clock };
  throw new TypeError(`memoryStore: the clock is ${show(clock)}, not 'system' or 'manual'.`);
}
