import assert from 'node:assert/strict';
import { setTimeout as elapse } from 'node:timers/promises';
import { type Scene, scenario } from './scene.js';

/** Milliseconds on the way to the server, between two calls. */
const PACES: readonly (readonly [delay: number, spacing: number])[] = [
  [20, 20],
  [20, 40],
  [40, 20],
  [40, 40],
  [60, 40],
  [60, 80],
];

/** So many that some come just as the channel for waiting opens, which takes several round trips. */
const CALLS = 'ABCDEFGHIJKLMNOP';

/** The calls of one locker that never had to wait before, in the order of their turns. */
async function turns(scene: Scene, delay: number, spacing: number): Promise<string> {
  const name = `${delay} and ${spacing}`;
  const proxy = await scene.proxy();
  const holder = await scene.locker();
  const locker = await scene.locker({ url: proxy.url });
  const lock = await holder.acquire(name);
  proxy.delay(delay);
  let order = '';
  const calls: Promise<void>[] = [];
  for (const call of CALLS) {
    if (call !== 'A') await elapse(spacing);
    calls.push(
      locker.using(name, () => {
        order += call;
      }),
    );
  }
  await scene.observer.lined(name, calls.length);
  await lock.release();
  await Promise.all(calls);
  return order;
}

scenario('the calls of one process are served in their order from the first on', async (scene) => {
  const found = await Promise.all(
    PACES.map(async ([delay, spacing]) => [delay, spacing, await turns(scene, delay, spacing)]),
  );
  assert.deepEqual(
    found,
    PACES.map(([delay, spacing]) => [delay, spacing, CALLS]),
  );
});
