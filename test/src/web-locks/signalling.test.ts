import assert from 'node:assert/strict';
import { hold } from './holding.js';
import { onBothStores } from './scene.js';

const never = (): never => assert.fail('the callback was called');

onBothStores('the signal of a request', (promises) => {
  promises('ends the wait with its reason, and the next one goes on', async (clients) => {
    const [locks, others] = [await clients.locks(), await clients.locks()];
    const holding = await hold(locks, 'reports');
    const controller = new AbortController();
    const waiting = others.request('reports', { signal: controller.signal }, never);
    await others.query();
    const next = locks.request('reports', () => 'next');
    const reason = { no: 'error at all' };
    controller.abort(reason);
    await assert.rejects(waiting, (error) => error === reason);
    await holding.end();
    assert.equal(await next, 'next');
  });

  promises(
    'that is aborted in the turn of the call keeps the lock from being granted',
    async (clients) => {
      const locks = await clients.locks();
      const controller = new AbortController();
      const request = locks.request('reports', { signal: controller.signal }, never);
      controller.abort();
      await assert.rejects(request, { name: 'AbortError' });
      assert.equal(await locks.request('reports', () => 'free'), 'free');
    },
  );

  promises('that is aborted before its request was sent takes nothing', async (clients) => {
    const locks = await clients.locks();
    const controller = new AbortController();
    // The second one is sent when the first one is answered.
    const first = locks.request('reports', () => 'first');
    const second = locks.request('reports', { signal: controller.signal }, never);
    controller.abort();
    await assert.rejects(second, { name: 'AbortError' });
    assert.equal(await first, 'first');
  });

  promises('does nothing once the lock is granted', async (clients) => {
    const locks = await clients.locks();
    const controller = new AbortController();
    const { lock, end } = await hold(locks, 'reports', { signal: controller.signal });
    controller.abort();
    assert.equal(lock.signal.aborted, false);
    await end();
  });
});
