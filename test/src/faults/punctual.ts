import { setTimeout as elapse } from 'node:timers/promises';

/** Rounds of the event loop in which whatever came due together has been dealt with. */
const ROUNDS = 20;

/**
 * Whether it comes before a timer that this process sets now, for so many ms: on a busy machine both
 * are late together. What goes by several timers, one after the other, is late as often: then the time
 * is made up of as many steps.
 */
export async function comesWithin(
  time: number,
  event: Promise<unknown>,
  steps = 1,
): Promise<boolean> {
  let isOver = false;
  const timer = (async () => {
    for (let step = 0; step < steps && !isOver; step += 1) await elapse(time / steps);
    for (let round = 0; round < ROUNDS; round += 1) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    return false;
  })();
  try {
    return await Promise.race([event.then(() => true), timer]);
  } finally {
    isOver = true;
  }
}
