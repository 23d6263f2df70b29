import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { onEveryGround } from './grounds.js';

onEveryGround('one signal for many waits', (promises) => {
  promises('many waits with one signal have one listener on it', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    const warnings: Error[] = [];
    const warned = (warning: Error): void => void warnings.push(warning);
    process.on('warning', warned);
    const { signal, abort } = aController();
    try {
      await using _ = await mine.acquire('order:42');
      const waits = Promise.all(
        Array.from({ length: 30 }, () =>
          assert.rejects(other.acquire('order:42', { signal }), { message: 'enough' }),
        ),
      );
      await scene.queued('order:42', 30);
      assert.equal(getEventListeners(signal, 'abort').length, 1);
      abort(new Error('enough'));
      await waits;
      assert.equal(getEventListeners(signal, 'abort').length, 0);
      await scene.queued('order:42', 0);
      // A warning is told in a turn of its own.
      await turn();
      assert.deepEqual(warnings, []);
    } finally {
      process.off('warning', warned);
    }
  });

  promises('the end of one wait leaves the others under their signal', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    const { signal, abort } = aController();
    await using _ = await mine.acquire('order:42');
    const short = other.acquire('order:42', { signal, waitTimeout: 500 });
    const long = assert.rejects(other.acquire('order:42', { signal }), { message: 'enough' });
    await assert.rejects(short, { code: 'ACQUIRE_TIMEOUT' });
    abort(new Error('enough'));
    await long;
  });

  promises('when the last wait has ended, nothing listens to the signal', async (scene) => {
    const locker = await scene.locker();
    const { signal } = aController();
    for (let time = 0; time < 3; time += 1) {
      await using first = await locker.acquire('order:42', { signal });
      await using second = await locker.tryAcquire('order:43', { signal });
      assert.ok(first.held && second?.held);
      assert.equal(getEventListeners(signal, 'abort').length, 0);
    }
  });
});

function aController(): { signal: AbortSignal; abort: (reason: Error) => void } {
  const controller = new AbortController();
  return { signal: controller.signal, abort: (reason) => controller.abort(reason) };
}
