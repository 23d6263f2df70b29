import assert from 'node:assert/strict';
import { scenario } from './scene.js';

scenario('a wait that lost every connection does not say that the lock is busy', async (scene) => {
  const proxy = await scene.proxy();
  const holder = await scene.locker();
  const waiter = await scene.locker({ url: proxy.url });
  await using _ = await holder.acquire('job');
  const ended = assert.rejects(waiter.acquire('job', { waitTimeout: 3_000 }), {
    code: 'REDIS_UNREACHABLE',
  });
  await scene.observer.lined('job', 1);
  proxy.refuse();
  proxy.cut();
  await ended;
  await proxy.heal();
});

scenario('a wait that was cut off for a while says again that the lock is busy', async (scene) => {
  const proxy = await scene.proxy();
  const holder = await scene.locker();
  const waiter = await scene.locker({ url: proxy.url });
  await using _ = await holder.acquire('job');
  const before = await scene.observer.batches();
  const ended = assert.rejects(waiter.acquire('job', { waitTimeout: 3_000 }), {
    code: 'ACQUIRE_TIMEOUT',
  });
  await scene.observer.lined('job', 1);
  proxy.cut();
  await ended;
  // It came back, and asked for its place.
  assert.ok((await scene.observer.batches()) > before + 2);
});
