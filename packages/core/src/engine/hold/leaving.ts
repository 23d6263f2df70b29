import { LockLostError } from '../../errors.js';

/** Leaves a block: as the release, but one without an answer is no failure of the work. */
export function leaving(released: Promise<void>): Promise<void> {
  return released.catch((error: unknown) => {
    if (error instanceof LockLostError) throw error;
  });
}
