/** What was promised already does not stand behind what is asked for, however much that is. */
import assert from 'node:assert/strict';
import type { Locker, LockerOptions } from '@holdfast/core';
import { type Scene, scenario } from './scene.js';

/** A locker whose server is 100 ms away, there and back: a crowd stands in its queue for seconds. */
async function distant(scene: Scene, options: LockerOptions = {}): Promise<Locker> {
  const proxy = await scene.proxy();
  proxy.delay(50);
  return scene.locker({ ...options, url: proxy.url, pool: { max: 1 } });
}

function names(count: number): string[] {
  return Array.from({ length: count }, (_, place) => `free ${place}`);
}

scenario('a held lock is renewed while the process asks for 5,000 others', async (scene) => {
  const locker = await distant(scene);
  const lock = await locker.acquire('job', { ttl: '2s' });
  const others = await Promise.all(names(5_000).map((name) => locker.tryAcquire(name)));
  assert.equal(lock.signal.aborted, false);
  assert.equal(lock.held, true);
  assert.ok(others.every((other) => other !== null));
  await lock.release();
});

scenario('a call that stands in a queue for longer than its ttl gets its lock', async (scene) => {
  const locker = await distant(scene, { commandTimeout: '15s' });
  const calls = names(5_000).map((name) => locker.using(name, { ttl: 750 }, () => {}));
  const failed = (await Promise.allSettled(calls)).filter(({ status }) => status === 'rejected');
  assert.equal(failed.length, 0, `${failed.length} failed, the first: ${String(reasonOf(failed))}`);
});

scenario('a release goes before acquires that were asked for earlier', async (scene) => {
  const locker = await distant(scene);
  const lock = await locker.acquire('job');
  const waiting = (await scene.locker()).acquire('job');
  await scene.observer.lined('job', 1);
  let granted = 0;
  const others = names(2_000).map(async (name) => {
    await locker.acquire(name);
    granted += 1;
  });
  // The first batches are on their way.
  await new Promise((resolve) => setImmediate(resolve));
  const released = lock.release();
  const next = await waiting;
  const before = granted;
  await Promise.all([released, next.release(), ...others]);
  assert.ok(before < 1_000, `${before} were granted before the release.`);
});

function reasonOf([first]: readonly PromiseSettledResult<unknown>[]): unknown {
  return first?.status === 'rejected' ? first.reason : undefined;
}
