import assert from 'node:assert/strict';
import { scenario } from './scene.js';

const COMMAND_TIMEOUT = 50;

/** What a busy machine may add to the quickest of some tries, in ms. */
const SLACK = 120;

const TRIES = 8;

scenario('a short commandTimeout is kept when the server does not answer', async (scene) => {
  const proxy = await scene.proxy();
  const locker = await scene.locker({ url: proxy.url, commandTimeout: COMMAND_TIMEOUT });
  let quickest = Infinity;
  for (let time = 0; time < TRIES; time += 1) {
    // It hangs on a connection that has just served.
    await (await firstAnswer(() => locker.acquire('job'))).release();
    proxy.hang();
    const begin = performance.now();
    await assert.rejects(locker.tryAcquire('job'), { code: 'REDIS_UNREACHABLE' });
    quickest = Math.min(quickest, performance.now() - begin);
    await proxy.heal();
  }
  const limit = COMMAND_TIMEOUT + SLACK;
  assert.ok(quickest < limit, `${quickest.toFixed(0)} ms at the quickest`);
});

/** After a fault it takes some tries of 50 ms until a connection stands again. */
async function firstAnswer<T>(ask: () => Promise<T>): Promise<T> {
  const limit = performance.now() + 5_000;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (performance.now() > limit) throw error;
    }
  }
}
