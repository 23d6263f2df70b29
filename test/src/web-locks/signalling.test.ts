import assert from 'node:assert/strict';
import type { Locker } from '@holdfast/core';
import { lockManager } from '@holdfast/core/web-locks';
import { Gate } from '@holdfast/support';
import { hold } from './holding.js';
import { onBothStores } from './scene.js';

const never = (): never => assert.fail('the callback was called');

/** A locker of which some calls are held back. */
function gated(
  locker: Locker,
  { listen, request }: { listen?: Gate; request?: Gate },
): Locker & { readonly requests: number } {
  const inner = locker as unknown as Record<'listen' | 'request', (...args: unknown[]) => unknown>;
  const outer = {
    requests: 0,
    async listen() {
      await listen?.passed();
      return inner.listen();
    },
    async request(...args: unknown[]) {
      outer.requests += 1;
      await request?.passed();
      return inner.request(...args);
    },
    inspect: locker.inspect.bind(locker),
  };
  return outer as unknown as Locker & { readonly requests: number };
}

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

  promises('ends a request at once that waits for its manager to listen', async (clients) => {
    const gate = new Gate();
    gate.shut();
    const locks = lockManager(gated(await clients.locker(), { listen: gate }));
    const controller = new AbortController();
    const request = locks.request('reports', { signal: controller.signal }, never);
    controller.abort();
    await assert.rejects(request, { name: 'AbortError' });
    gate.open();
    assert.equal(await locks.request('reports', () => 'free'), 'free');
  });

  promises(
    'ends a request at once whose turn has not come, and the next one keeps its',
    async (clients) => {
      const gate = new Gate();
      gate.shut();
      const locker = gated(await clients.locker(), { request: gate });
      const locks = lockManager(locker);
      const controllers = Array.from({ length: 20 }, () => new AbortController());
      const first = locks.request('reports', () => 'first');
      const between = controllers.map(({ signal }) => locks.request('reports', { signal }, never));
      const last = locks.request('reports', () => 'last');
      for (const controller of controllers) controller.abort();
      for (const request of between) await assert.rejects(request, { name: 'AbortError' });
      assert.ok(locker.requests <= 1);
      gate.open();
      assert.deepEqual(await Promise.all([first, last]), ['first', 'last']);
    },
  );

  promises('does nothing once the lock is granted', async (clients) => {
    const locks = await clients.locks();
    const controller = new AbortController();
    const { lock, end } = await hold(locks, 'reports', { signal: controller.signal });
    controller.abort();
    assert.equal(lock.signal.aborted, false);
    await end();
  });
});
