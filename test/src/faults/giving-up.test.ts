import assert from 'node:assert/strict';
import { setTimeout as elapse } from 'node:timers/promises';
import { until } from './observer.js';
import { scenario } from './scene.js';

scenario('an acquire that timed out leaves no orphan that blocks everyone', async (scene) => {
  const proxy = await scene.proxy();
  const locker = await scene.locker({ url: proxy.url, commandTimeout: 1_000 });
  const other = await scene.locker();
  await (await other.acquire('another')).release();
  // The lock is granted, but the answer does not arrive in the caller's time.
  proxy.hang('down');
  const acquiring = locker.acquire('job', { waitTimeout: 150 });
  await until(async () => (await scene.observer.owner('job')) !== undefined);
  await assert.rejects(acquiring, { code: 'REDIS_UNREACHABLE' });
  await proxy.heal();
  // Its own retry, and everybody else: long before the ttl of 30 s.
  await (await locker.acquire('job', { waitTimeout: 5_000 })).release();
  await (await other.acquire('job', { waitTimeout: 5_000 })).release();
});

scenario('a wait that gave up does not take the lock a moment later', async (scene) => {
  const { observer } = scene;
  const holder = await scene.locker();
  const locker = await scene.locker();
  const lock = await holder.acquire('job');
  const waits = [
    assert.rejects(locker.acquire('job', { waitTimeout: 2_000 }), { code: 'ACQUIRE_TIMEOUT' }),
    assert.rejects(locker.acquire('job', { signal: AbortSignal.timeout(2_000) }), {
      name: 'TimeoutError',
    }),
  ];
  await observer.lined('job', 2);
  await Promise.all(waits);
  assert.equal(await observer.waiters('job'), 0);
  await lock.release();
  await elapse(100);
  assert.equal(await observer.owner('job'), undefined);
});

scenario('a wait that gives up just as the lock comes to it loses it to nobody', async (scene) => {
  const { observer } = scene;
  const holder = await scene.locker();
  const locker = await scene.locker();
  for (let round = 0; round < 30; round += 1) {
    const lock = await holder.acquire('job', { waitTimeout: 5_000 });
    const controller = new AbortController();
    const waiting = locker.acquire('job', { signal: controller.signal }).catch(() => undefined);
    await observer.lined('job', 1);
    const released = lock.release();
    if (round % 3 > 0) await elapse(round % 3);
    controller.abort(new Error('enough'));
    await released;
    // Either it has the lock, or nobody has.
    const got = await waiting;
    await got?.release();
  }
  await until(async () => (await observer.owner('job')) === undefined);
});

scenario('an acquire that failed leaves the lock of the running holder alone', async (scene) => {
  const { observer } = scene;
  const holder = await scene.locker();
  const locker = await scene.locker();
  const lock = await holder.acquire('job');
  let ran = false;
  await assert.rejects(
    locker.using('job', { waitTimeout: 30 }, () => {
      ran = true;
    }),
    { code: 'ACQUIRE_TIMEOUT' },
  );
  await assert.rejects(
    async () => {
      await using _ = await locker.acquire('job', { waitTimeout: 0 });
      ran = true;
    },
    { code: 'ACQUIRE_TIMEOUT' },
  );
  {
    await using none = await locker.tryAcquire('job');
    assert.equal(none, null);
  }
  assert.equal(ran, false);
  assert.equal(await observer.owner('job'), lock.token);
  await lock.release();
});

scenario('a try that is 0, negative or no number is never taken for a held lock', async (scene) => {
  const { observer } = scene;
  const holder = await scene.locker();
  const locker = await scene.locker();
  const lock = await holder.acquire('job');
  await assert.rejects(locker.acquire('job', { waitTimeout: 0 }), { code: 'ACQUIRE_TIMEOUT' });
  const before = await observer.batches();
  for (const bad of [-1, Number.NaN, 0.5, -Infinity]) {
    await assert.rejects(locker.acquire('job', { waitTimeout: bad }), RangeError);
    await assert.rejects(locker.acquire('job', { ttl: bad }), RangeError);
    await assert.rejects(locker.tryAcquire('job', { ttl: bad }), RangeError);
  }
  await assert.rejects(locker.acquire('free', { ttl: 0 }), RangeError);
  assert.equal(await observer.batches(), before);
  assert.equal(await observer.owner('job'), lock.token);
  await lock.release();
});
