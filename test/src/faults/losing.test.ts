import assert from 'node:assert/strict';
import { LockLostError } from '@holdfast/core';
import { aborted } from '../contract/patience.js';
import { type Scene, scenario } from './scene.js';

/** Somebody deletes the lock, as an operator would, or an eviction. */
async function takeAway(scene: Scene): Promise<void> {
  await scene.observer.send('DEL', 'lock:job');
}

scenario("losing the lock does not replace the body's own error", async (scene) => {
  const locker = await scene.locker({ ttl: 1_500 });
  const own = new Error('of the body');
  await assert.rejects(
    locker.using('job', async (lock) => {
      await takeAway(scene);
      await aborted(lock.signal);
      throw own;
    }),
    (error) => error === own,
  );
});

scenario('a block keeps its own error beside the loss', async (scene) => {
  const locker = await scene.locker({ ttl: 1_500 });
  const own = new Error('of the block');
  await assert.rejects(
    async () => {
      await using lock = await locker.acquire('job');
      await takeAway(scene);
      await aborted(lock.signal);
      throw own;
    },
    (error: { name: string; error: unknown; suppressed: unknown }) => {
      assert.equal(error.name, 'SuppressedError');
      assert.ok(error.error instanceof LockLostError);
      assert.equal(error.suppressed, own);
      return true;
    },
  );
});

scenario('a body that succeeds although it lost the lock is no silent success', async (scene) => {
  const locker = await scene.locker({ ttl: 1_500 });
  await assert.rejects(
    locker.using('job', async (lock) => {
      await takeAway(scene);
      await aborted(lock.signal);
      return 'result';
    }),
    { code: 'LOCK_LOST', reason: 'gone' },
  );
  // Also when the release is the first to find out.
  await assert.rejects(
    locker.using('job', () => takeAway(scene)),
    { code: 'LOCK_LOST', reason: 'gone' },
  );
});

scenario('work that heeds the signal ends with the loss as its reason', async (scene) => {
  const locker = await scene.locker({ ttl: 1_500 });
  const work = locker.using('job', async ({ signal }) => {
    await takeAway(scene);
    throw await aborted(signal);
  });
  await assert.rejects(work, { code: 'LOCK_LOST', lockName: 'job' });
});

scenario("a caller's release leaves the lock of another caller in its process", async (scene) => {
  const { observer } = scene;
  const locker = await scene.locker({ ttl: 1_500 });
  const lost = await locker.acquire('job', { renew: false });
  await takeAway(scene);
  const other = await locker.acquire('job');
  await assert.rejects(lost.release(), { code: 'LOCK_LOST' });
  await lost.release();
  assert.equal(await observer.owner('job'), other.token);
  assert.equal(other.held, true);
  await other.release();
  // And once it was given back, the handle has no power over the next.
  const next = await locker.acquire('job');
  await other.release();
  assert.equal(await observer.owner('job'), next.token);
  await assert.rejects(other.renew(), { code: 'LOCK_LOST', reason: 'released' });
  await next.release();
});

scenario('a lock that was taken by force moves to the next in line', async (scene) => {
  const { observer } = scene;
  const holder = await scene.service({ ttl: 3_000 });
  const locker = await scene.locker();
  await holder.request('acquire', 'job');
  const waiting = locker.acquire('job');
  await observer.lined('job', 1);
  assert.equal(await locker.forceRelease('job'), true);
  // At once, not when it asks again.
  const successor = await observer.owner('job');
  const lock = await waiting;
  assert.equal(lock.token, successor);
  assert.deepEqual(await holder.request('told', 'job'), {
    held: false,
    aborted: true,
    reason: 'taken',
  });
  await lock.release();
});
