import { once } from 'node:events';
import type { Lock } from '@holdfast/core';

/** The longest time that a timer of Node can have, in ms. */
const LONGEST = 2 ** 31 - 1;

/** Waits for the loss of a lock, and resolves with its reason. Keeps the process alive meanwhile. */
export async function untilLost({ signal }: Lock): Promise<unknown> {
  if (signal.aborted) return signal.reason;
  // Neither a signal nor a lock keeps a process alive. Something has to.
  const alive = setInterval(() => {}, LONGEST);
  try {
    await once(signal, 'abort');
    return signal.reason;
  } finally {
    clearInterval(alive);
  }
}
