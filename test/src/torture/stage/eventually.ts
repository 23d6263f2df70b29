import { setTimeout as elapse } from 'node:timers/promises';

/** Far above what anything here takes, in ms. */
const PATIENCE = 60_000;

/** Looks again and again. What goes wrong meanwhile, because a server is away, is as good as not so. */
export async function eventually(
  what: string,
  condition: () => Promise<boolean> | boolean,
): Promise<void> {
  const end = performance.now() + PATIENCE;
  let last: unknown;
  for (;;) {
    try {
      if (await condition()) return;
      last = undefined;
    } catch (error) {
      last = error;
    }
    if (performance.now() > end) throw new Error(`It did not become so: ${what}.`, { cause: last });
    await elapse(20);
  }
}
