import type { ModeOptions, WeightOptions } from '@holdfast/core';
import { resolveMode } from '@holdfast/core/wrapping';

/** With whom a lock is wanted. */
export type Asks = ModeOptions & WeightOptions;

export const MODE: readonly string[] = ['mode', 'limit', 'weight'];

/** The highest limit that a locker can have by default. */
const ANY = { limit: 2_147_483_647, weight: 1 };

/** Only what was given: a default of the locker may take its place, or complete it. */
export function parseMode({ mode, limit, weight }: Asks): Asks {
  const asked = {
    ...(mode === undefined ? {} : { mode }),
    ...(limit === undefined ? {} : { limit }),
    ...(weight === undefined ? {} : { weight }),
  };
  // A weight alone may be one of the locker's limit, which is not known here.
  resolveMode(asked, limit === undefined && mode === undefined ? ANY : undefined);
  return asked;
}
