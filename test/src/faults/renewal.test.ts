import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { setTimeout as elapse } from 'node:timers/promises';
import type { DiagnosticMessages } from '@holdfast/core';
import { until } from './observer.js';
import { scenario } from './scene.js';

type Renewal = DiagnosticMessages['holdfast:renewal'];

/** What renewals came to while the callback ran. */
async function renewals(during: (seen: readonly Renewal[]) => Promise<void>): Promise<void> {
  const seen: Renewal[] = [];
  const listen = (message: unknown): void => void seen.push(message as Renewal);
  subscribe('holdfast:renewal', listen);
  try {
    await during(seen);
  } finally {
    unsubscribe('holdfast:renewal', listen);
  }
}

scenario('keeps the lock when a renewal fails once, and goes on renewing', async (scene) => {
  const proxy = await scene.proxy();
  const locker = await scene.locker({ url: proxy.url, ttl: 900 });
  await renewals(async (seen) => {
    const lock = await locker.acquire('job');
    const before = await scene.observer.batches();
    proxy.hang('down');
    // The renewal is answered into a broken connection.
    await until(async () => (await scene.observer.batches()) > before);
    proxy.cut();
    await proxy.heal();
    await until(() => seen.filter(({ outcome }) => outcome === 'renewed').length >= 3);
    assert.equal(seen[0]?.outcome, 'unknown');
    assert.equal(lock.signal.aborted, false);
    assert.equal(lock.held, true);
    await lock.release();
  });
});

scenario('renews a lock of the same name after one was lost', async (scene) => {
  const locker = await scene.locker({ ttl: 300 });
  const lost = await locker.acquire('job');
  await scene.observer.send('DEL', 'lock:job');
  await once(lost.signal, 'abort');
  const lock = await locker.acquire('job');
  await elapse(500);
  assert.equal(lock.held, true);
  await lock.release();
  await assert.rejects(lost.release(), { code: 'LOCK_LOST', reason: 'gone' });
});

scenario('renews three times within a lease and no more, however short it is', async (scene) => {
  const { observer } = scene;
  const locker = await scene.locker();
  for (const ttl of [30, 100]) {
    await renewals(async (seen) => {
      const lock = await locker.acquire('job', { ttl });
      const before = await observer.batches();
      const started = performance.now();
      await elapse(600);
      const due = (performance.now() - started) / (ttl / 3);
      const sent = (await observer.batches()) - before;
      assert.ok(sent <= due + 2, `${sent} commands where ${due} were due at a ttl of ${ttl} ms.`);
      assert.ok(seen.length > 0);
      await lock.release().catch(() => {});
    });
  }
});

scenario('does not hammer a server that is gone', async (scene) => {
  const locker = await scene.locker({ ttl: 1_000, commandTimeout: 1_000 });
  await renewals(async (seen) => {
    const lock = await locker.acquire('job');
    await scene.redis.stop();
    await once(lock.signal, 'abort');
    assert.ok(seen.length <= 20, `${seen.length} renewals were tried.`);
    await scene.redis.start();
  });
});

scenario('renews many locks of a process in few commands', async (scene) => {
  const { observer } = scene;
  const locker = await scene.locker({ ttl: 600 });
  const locks = await Promise.all(
    Array.from({ length: 100 }, (_, index) => locker.acquire(`job ${index}`)),
  );
  const before = await observer.batches();
  await elapse(1_000);
  const sent = (await observer.batches()) - before;
  assert.ok(sent < 50, `${sent} commands renewed 100 locks for 5 intervals.`);
  assert.ok(locks.every((lock) => lock.held));
  await Promise.all(locks.map((lock) => lock.release()));
});

scenario('sends nothing any more when everything was released', async (scene) => {
  const { observer } = scene;
  const locker = await scene.locker({ ttl: 150 });
  for (let round = 0; round < 20; round += 1) {
    const lock = await locker.acquire('job');
    if (round % 2 === 0) await lock.renew();
    await lock.release();
    await lock.release();
  }
  const before = await observer.batches();
  await elapse(400);
  assert.equal(await observer.batches(), before);
});
