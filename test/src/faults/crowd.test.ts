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

scenario('a renewal goes before acquires that were asked for earlier', async (scene) => {
  const locker = await distant(scene);
  const lock = await locker.acquire('job');
  const before = await grantedBefore(locker, () => lock.renew());
  assert.ok(before < 1_000, `${before} were granted before the renewal.`);
  await lock.release();
});

scenario('a call that stands in a queue for longer than its ttl gets its lock', async (scene) => {
  const locker = await distant(scene, { commandTimeout: '15s' });
  const calls = names(5_000).map((name) => locker.using(name, { ttl: 1_500 }, () => {}));
  const failed = (await Promise.allSettled(calls)).filter(({ status }) => status === 'rejected');
  assert.equal(failed.length, 0, `${failed.length} failed, the first: ${String(reasonOf(failed))}`);
});

scenario('a release goes before acquires that were asked for earlier', async (scene) => {
  const locker = await distant(scene);
  const lock = await locker.acquire('job');
  const waiting = (await scene.locker()).acquire('job');
  await scene.observer.lined('job', 1);
  const before = await grantedBefore(locker, async () => {
    await Promise.all([lock.release(), waiting]);
  });
  assert.ok(before < 1_000, `${before} were granted before the release.`);
  await (await waiting).release();
});

/** How many of 2,000 locks were granted before what was asked for later was done. */
async function grantedBefore(locker: Locker, ask: () => Promise<void>): Promise<number> {
  let granted = 0;
  const others = names(2_000).map(async (name) => {
    const lock = await locker.acquire(name);
    granted += 1;
    return lock;
  });
  // The first batches are on their way.
  await new Promise((resolve) => setImmediate(resolve));
  await ask();
  const before = granted;
  for (const lock of await Promise.all(others)) void lock.release();
  return before;
}

function reasonOf([first]: readonly PromiseSettledResult<unknown>[]): unknown {
  return first?.status === 'rejected' ? first.reason : undefined;
}
