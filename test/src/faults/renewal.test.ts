import assert from 'node:assert/strict';
import { setTimeout as elapse } from 'node:timers/promises';
import { aborted } from '../contract/patience.js';
import { hear } from './heard.js';
import { until } from './observer.js';
import { scenario } from './scene.js';

scenario('keeps the lock when a renewal fails once, and goes on renewing', async (scene) => {
  const proxy = await scene.proxy();
  const locker = await scene.locker({ url: proxy.url, ttl: 3_000 });
  using renewals = hear('holdfast:renewal');
  const lock = await locker.acquire('job');
  const before = await scene.observer.batches();
  proxy.hang('down');
  // The renewal is answered into a broken connection.
  await until(async () => (await scene.observer.batches()) > before);
  proxy.cut();
  await proxy.heal();
  const outcomes = (): string[] => renewals.messages.map(({ outcome }) => outcome);
  await until(() => outcomes().filter((outcome) => outcome === 'renewed').length >= 2);
  assert.equal(outcomes()[0], 'unknown');
  assert.equal(lock.signal.aborted, false);
  assert.equal(lock.held, true);
  await lock.release();
});

scenario('renews a lock of the same name after one was lost', async (scene) => {
  const locker = await scene.locker({ ttl: 1_500 });
  using renewals = hear('holdfast:renewal');
  const lost = await locker.acquire('job');
  await scene.observer.send('DEL', 'lock:job');
  await aborted(lost.signal);
  const lock = await locker.acquire('job');
  const ofThis = (): string[] =>
    renewals.messages.filter(({ token }) => token === lock.token).map(({ outcome }) => outcome);
  await until(() => ofThis().length >= 2);
  assert.deepEqual(ofThis().slice(0, 2), ['renewed', 'renewed']);
  assert.equal(lock.held, true);
  await lock.release();
  await assert.rejects(lost.release(), { code: 'LOCK_LOST', reason: 'gone' });
});

scenario('renews three times within a lease and no more, however short it is', async (scene) => {
  const { observer } = scene;
  const locker = await scene.locker();
  using renewals = hear('holdfast:renewal');
  for (const ttl of [30, 100]) {
    // On a busy machine one may be lost before its first renewal is sent.
    await until(async () => {
      const lock = await locker.acquire('job', { ttl });
      const before = await observer.batches();
      const started = performance.now();
      await elapse(600);
      const due = (performance.now() - started) / (ttl / 3);
      const sent = (await observer.batches()) - before;
      assert.ok(sent <= due + 2, `${sent} commands where ${due} were due at a ttl of ${ttl} ms.`);
      await lock.release().catch(() => {});
      return renewals.messages.some(({ token }) => token === lock.token);
    });
  }
});

scenario('does not hammer a server that is gone', async (scene) => {
  const locker = await scene.locker({ ttl: 1_000, commandTimeout: 1_000 });
  using renewals = hear('holdfast:renewal');
  const lock = await locker.acquire('job');
  await scene.redis.stop();
  await aborted(lock.signal);
  const tried = renewals.messages.length;
  assert.ok(tried <= 20, `${tried} renewals were tried.`);
  await scene.redis.start();
});

scenario('renews many locks of a process in few commands', async (scene) => {
  const { observer } = scene;
  const locker = await scene.locker({ ttl: 3_000 });
  const locks = await Promise.all(
    Array.from({ length: 100 }, (_, index) => locker.acquire(`job ${index}`)),
  );
  using renewals = hear('holdfast:renewal');
  const before = await observer.batches();
  await until(() => renewals.messages.length >= 2 * locks.length);
  const sent = (await observer.batches()) - before;
  assert.ok(sent < 20, `${sent} commands renewed 100 locks twice.`);
  assert.ok(locks.every((lock) => lock.held));
  await Promise.all(locks.map((lock) => lock.release()));
});

scenario('sends nothing any more when everything was released', async (scene) => {
  const { observer } = scene;
  const locker = await scene.locker({ ttl: 900 });
  for (let round = 0; round < 20; round += 1) {
    const lock = await locker.acquire('job');
    if (round % 2 === 0) await lock.renew();
    await lock.release();
    await lock.release();
  }
  const before = await observer.batches();
  await elapse(700);
  assert.equal(await observer.batches(), before);
});
