import assert from 'node:assert/strict';
import { until } from './observer.js';
import { scenario } from './scene.js';

// In each of these the server does what it was asked, and the connection breaks before the answer.

scenario(
  'an acquire whose answer was lost is asked again and holds the same lock',
  async (scene) => {
    const { observer } = scene;
    const proxy = await scene.proxy();
    const locker = await scene.locker({ url: proxy.url });
    // The server has to know the script, or the lost answer is only that it does not.
    await (await locker.acquire('another')).release();
    proxy.hang('down');
    const acquiring = locker.acquire('job');
    await until(async () => (await observer.owner('job')) !== undefined);
    const granted = await observer.owner('job');
    proxy.cut();
    await proxy.heal();
    const lock = await acquiring;
    assert.equal(lock.token, granted);
    assert.equal(lock.held, true);
    await lock.release();
    assert.deepEqual(await observer.keys(), ['holdfast:clock']);
  },
);

scenario('an acquire that never reached the server is sent again', async (scene) => {
  const proxy = await scene.proxy();
  const locker = await scene.locker({ url: proxy.url });
  proxy.hang('up');
  const acquiring = locker.acquire('job');
  await new Promise((resolve) => setImmediate(resolve));
  proxy.cut();
  await proxy.heal();
  const lock = await acquiring;
  assert.equal(lock.held, true);
  await lock.release();
});

scenario('a place in line whose answer was lost is taken only once', async (scene) => {
  const { observer } = scene;
  const proxy = await scene.proxy();
  const holder = await scene.locker();
  const lock = await holder.acquire('job');
  const locker = await scene.locker({ url: proxy.url });
  // The channel is open before the fault: the first wait opens it.
  const controller = new AbortController();
  const first = locker.acquire('job', { signal: controller.signal });
  await observer.lined('job', 1);
  controller.abort(new Error('enough'));
  await assert.rejects(first, /enough/);
  proxy.hang('down');
  const waiting = locker.acquire('job');
  await observer.lined('job', 1);
  const behind = holder.acquire('job');
  await observer.lined('job', 2);
  const line = await observer.send('ZRANGE', 'holdfast:queue:lock:job', '0', '-1', 'WITHSCORES');
  const before = await observer.batches();
  proxy.cut();
  await proxy.heal();
  // It asks again, and listens again.
  await until(async () => (await observer.batches()) > before);
  await until(async () => (await observer.listeners()) === 2);
  assert.deepEqual(
    await observer.send('ZRANGE', 'holdfast:queue:lock:job', '0', '-1', 'WITHSCORES'),
    line,
  );
  await lock.release();
  const next = await waiting;
  const { fencingToken } = next;
  await next.release();
  const last = await behind;
  assert.ok(last.fencingToken > fencingToken);
  await last.release();
});

scenario('a renewal whose answer was lost is no loss of the lock', async (scene) => {
  const { observer } = scene;
  const proxy = await scene.proxy();
  const locker = await scene.locker({ url: proxy.url, ttl: 20_000 });
  const lock = await locker.acquire('job', { renew: false });
  await until(async () => (await observer.lease('job')) < 19_900);
  const before = await observer.lease('job');
  proxy.hang('down');
  const renewing = lock.renew();
  await until(async () => (await observer.lease('job')) > before);
  proxy.cut();
  await proxy.heal();
  await renewing;
  assert.equal(lock.held, true);
  assert.ok(lock.remaining <= (await observer.lease('job')));
  await lock.release();
});

scenario('a release whose answer was lost is a release, and hurts nobody', async (scene) => {
  const { observer } = scene;
  const proxy = await scene.proxy();
  const locker = await scene.locker({ url: proxy.url });
  const lock = await locker.acquire('job');
  proxy.hang('down');
  const releasing = lock.release();
  await until(async () => (await observer.owner('job')) === undefined);
  // Somebody else has it when the release is sent again.
  const next = await (await scene.locker()).acquire('job', { waitTimeout: 0 });
  proxy.cut();
  await proxy.heal();
  await releasing;
  assert.equal(await observer.owner('job'), next.token);
  assert.equal(next.held, true);
  assert.equal(lock.signal.aborted, false);
  await next.release();
});

scenario(
  'a hand-off whose message was lost is found out when the channel is back',
  async (scene) => {
    const { observer } = scene;
    const proxy = await scene.proxy();
    const holder = await scene.locker();
    const lock = await holder.acquire('job');
    const locker = await scene.locker({ url: proxy.url });
    const waiting = locker.acquire('job');
    await observer.lined('job', 1);
    proxy.hang('down');
    await lock.release();
    const granted = await observer.owner('job');
    assert.notEqual(granted, undefined);
    proxy.cut();
    await proxy.heal();
    const next = await waiting;
    assert.equal(next.token, granted);
    await next.release();
  },
);

scenario('a wait that gave up before its grant arrived gives the lock back', async (scene) => {
  const { observer } = scene;
  const proxy = await scene.proxy();
  const holder = await scene.locker();
  const lock = await holder.acquire('job');
  const locker = await scene.locker({ url: proxy.url, commandTimeout: 1_000 });
  const controller = new AbortController();
  const waiting = locker.acquire('job', { signal: controller.signal });
  await observer.lined('job', 1);
  proxy.hang();
  await lock.release();
  controller.abort(new Error('enough'));
  await assert.rejects(waiting, /enough/);
  await proxy.heal();
  // Long before the ttl of 30 s.
  const next = await holder.acquire('job', { waitTimeout: 5_000 });
  await next.release();
});
