/** What the server refuses for one key fails for that key alone. */
import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { DiagnosticMessages, Locker } from '@holdfast/core';
import { LEAST_PRIVILEGE } from '../contract/acl.js';
import { type Scene, scenario } from './scene.js';

/** A locker that may do everything under `ok:`, and nothing elsewhere. */
async function confined(scene: Scene): Promise<Locker> {
  const rights = LEAST_PRIVILEGE.replace('~lock:*', '~lock:ok:*').split(' ');
  await scene.observer.send('ACL', 'SETUSER', 'worker', 'on', '>secret', ...rights);
  return scene.locker({ url: `redis://worker:secret@127.0.0.1:${scene.redis.port}`, ttl: '1s' });
}

scenario('a name that the ACL forbids is refused, and its neighbours are not', async (scene) => {
  const locker = await confined(scene);
  const [held, ended] = [await locker.acquire('ok:held'), await locker.acquire('ok:ended')];
  const allowed = [locker.acquire('ok:free'), held.renew(), ended.release()];
  const forbidden = [
    locker.acquire('no:acquire'),
    locker.tryAcquire('no:tryAcquire'),
    locker.forceRelease('no:forceRelease'),
  ];
  const [answers, refusals] = await Promise.all([
    Promise.allSettled(allowed),
    Promise.allSettled(forbidden),
  ]);
  assert.deepEqual(answers.map(codeOf), ['none', 'none', 'none']);
  assert.deepEqual(refusals.map(codeOf), ['REDIS_REFUSED', 'REDIS_REFUSED', 'REDIS_REFUSED']);
  assert.equal(await scene.observer.owner('ok:ended'), undefined);
  assert.equal(held.held, true);
});

scenario('a lock is renewed while the process asks for what is forbidden', async (scene) => {
  const locker = await confined(scene);
  const outcomes: string[] = [];
  const listen = (message: unknown): void => {
    outcomes.push((message as DiagnosticMessages['holdfast:renewal']).outcome);
  };
  subscribe('holdfast:renewal', listen);
  try {
    const lock = await locker.acquire('ok:held');
    const end = performance.now() + 1_500;
    // Forbidden calls are in every batch, and so in those of the renewals.
    const callers = Array.from({ length: 20 }, async (_, caller) => {
      while (performance.now() < end) await locker.acquire(`no:${caller}`).catch(() => {});
    });
    await Promise.all(callers);
    assert.ok(outcomes.length >= 3, outcomes.join());
    assert.deepEqual(
      outcomes.filter((outcome) => outcome !== 'renewed'),
      [],
    );
    await lock.release();
  } finally {
    unsubscribe('holdfast:renewal', listen);
  }
});

scenario('data of other programs in a lock or a line disturbs no neighbour', async (scene) => {
  const { observer } = scene;
  const holder = await scene.locker();
  const lock = await holder.acquire('job');
  const waiting = (await scene.locker()).acquire('job');
  await observer.lined('job', 1);
  const [held, spoilt] = [await holder.acquire('held'), await holder.acquire('spoilt')];
  await observer.send('HSET', 'lock:cart', 'apples', '3');
  await observer.send('RPUSH', 'holdfast:queue:lock:spoilt', 'of another program');
  const [foreign, , ...neighbours] = await Promise.allSettled([
    holder.acquire('cart'),
    spoilt.release(),
    holder.acquire('free'),
    held.renew(),
    lock.release(),
  ]);
  assert.equal(codeOf(foreign), 'FOREIGN_DATA');
  assert.deepEqual(neighbours.map(codeOf), ['none', 'none', 'none']);
  await (await waiting).release();
  await observer.send('DEL', 'lock:cart', 'lock:spoilt', 'holdfast:queue:lock:spoilt');
});

function codeOf(result: PromiseSettledResult<unknown>): unknown {
  return result.status === 'fulfilled' ? 'none' : (result.reason as { code: unknown }).code;
}
