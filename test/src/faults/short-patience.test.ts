import assert from 'node:assert/strict';
import { comesWithin } from './punctual.js';
import { scenario } from './scene.js';

const COMMAND_TIMEOUT = 50;

/** What it may take, in ms: the same in more steps than those in which a silence is looked at. */
const LIMIT = 160;
const STEPS = 8;

const TRIES = 8;

scenario('a short commandTimeout is kept when the server does not answer', async (scene) => {
  const proxy = await scene.proxy();
  const locker = await scene.locker({ url: proxy.url, commandTimeout: COMMAND_TIMEOUT });
  let kept = 0;
  for (let time = 0; time < TRIES; time += 1) {
    // It hangs on a connection that has just served.
    await (await firstAnswer(() => locker.acquire('job'))).release();
    proxy.hang();
    const failing = assert.rejects(locker.tryAcquire('job'), { code: 'REDIS_UNREACHABLE' });
    if (await comesWithin(LIMIT, failing, STEPS)) kept += 1;
    await failing;
    await proxy.heal();
  }
  assert.ok(kept > 0, `in none of ${TRIES} tries`);
  await scene.givenBack();
});

/** After a fault it takes some tries of 50 ms until a connection stands again. */
async function firstAnswer<T>(ask: () => Promise<T>): Promise<T> {
  const limit = performance.now() + 15_000;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (performance.now() > limit) throw error;
    }
  }
}
