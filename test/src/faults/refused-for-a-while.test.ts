/** What the server refuses as a whole, until somebody has mended what ails it. */
import assert from 'node:assert/strict';
import { refused, snapshotFailed, tooFewReplicas } from './ailments.js';
import { scenario } from './scene.js';

for (const ailment of [tooFewReplicas, snapshotFailed]) {
  const { code } = ailment;

  scenario(`${code}: a release persists until it passes`, async (scene) => {
    const { observer } = scene;
    const locker = await scene.locker();
    const lock = await locker.acquire('job');
    await ailment.befall(scene);
    let released: Promise<void> | undefined;
    await refused(scene, ailment, () => {
      released = lock.release();
      // It is awaited later.
      released.catch(() => {});
    });
    assert.equal(await observer.owner('job'), lock.token);
    await ailment.pass(scene);
    await released;
    assert.equal(await observer.owner('job'), undefined);
  });

  scenario(`${code}: a release hands on when it passes, and not before`, async (scene) => {
    const { observer } = scene;
    const holder = await scene.locker();
    const waiter = await scene.locker();
    const lock = await holder.acquire('job');
    const waited = waiter.acquire('job');
    waited.catch(() => {});
    await observer.lined('job', 1);
    await ailment.befall(scene);
    let released: Promise<void> | undefined;
    await refused(scene, ailment, () => {
      released = lock.release();
      released.catch(() => {});
    });
    assert.equal(await observer.owner('job'), lock.token);
    assert.equal(await observer.waiters('job'), 1);
    await ailment.pass(scene);
    await released;
    await (await waited).release();
  });

  scenario(`${code}: a renewal persists until it passes`, async (scene) => {
    const { observer } = scene;
    const locker = await scene.locker();
    await using lock = await locker.acquire('job', { ttl: '10s' });
    await ailment.befall(scene);
    let renewed: Promise<void> | undefined;
    await refused(scene, ailment, () => {
      renewed = lock.renew('1m');
      renewed.catch(() => {});
    });
    assert.equal(lock.held, true);
    await ailment.pass(scene);
    await renewed;
    assert.ok((await observer.lease('job')) > 40_000);
  });

  scenario(`${code}: a wait goes on when it passes`, async (scene) => {
    const holder = await scene.locker();
    const waiter = await scene.locker();
    const lock = await holder.acquire('job');
    await ailment.befall(scene);
    let waited = Promise.resolve<Awaited<ReturnType<typeof waiter.acquire>> | undefined>(undefined);
    await refused(scene, ailment, () => {
      waited = waiter.acquire('job');
      waited.catch(() => {});
    });
    assert.equal(await scene.observer.waiters('job'), 0);
    await ailment.pass(scene);
    await Promise.race([scene.observer.lined('job', 1), waited]);
    await lock.release();
    await (await waited)?.release();
  });

  scenario(`${code}: what is refused to the end leaves nothing half done`, async (scene) => {
    const { observer } = scene;
    const locker = await scene.locker({ commandTimeout: 1_200 });
    const held = await (await scene.locker()).acquire('held');
    await ailment.befall(scene);
    await assert.rejects(locker.tryAcquire('job'), new RegExp(code));
    await assert.rejects(locker.acquire('job'), new RegExp(code));
    await assert.rejects(locker.forceRelease('held'), new RegExp(code));
    assert.deepEqual(await observer.keys(), ['holdfast:clock', 'lock:held']);
    assert.equal(await observer.owner('held'), held.token);
    await ailment.pass(scene);
    await held.release();
  });
}
