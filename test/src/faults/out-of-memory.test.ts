import assert from 'node:assert/strict';
import { type Scene, scenario } from './scene.js';

/** From now on the server refuses whatever may need memory. */
async function fill({ observer }: Scene): Promise<void> {
  await observer.send('CONFIG', 'SET', 'maxmemory-policy', 'noeviction');
  await observer.send('CONFIG', 'SET', 'maxmemory', '1');
  await assert.rejects(observer.send('SET', 'apples', '3'), /OOM/);
}

scenario('locks are taken, refused, renewed and given back at maxmemory', async (scene) => {
  const { observer } = scene;
  const mine = await scene.locker();
  const other = await scene.locker();
  // The script is known to the server.
  await (await mine.acquire('another')).release();
  await fill(scene);
  const lock = await mine.tryAcquire('job');
  assert.ok(lock?.held);
  assert.equal(await observer.owner('job'), lock.token);
  assert.equal(await other.tryAcquire('job'), null);
  await lock.renew('1m');
  assert.ok((await observer.lease('job')) > 40_000);
  await lock.release();
  assert.equal(await observer.owner('job'), undefined);
});

scenario('waiters stand in line and are served in their order at maxmemory', async (scene) => {
  const { observer } = scene;
  const mine = await scene.locker();
  const other = await scene.locker();
  const lock = await mine.acquire('job');
  await fill(scene);
  const order: number[] = [];
  const waits = [mine, other, mine].map((locker, place) => ({ locker, place }));
  const turns: Promise<unknown>[] = [];
  for (const { locker, place } of waits) {
    turns.push(locker.using('job', () => void order.push(place)));
    await Promise.race([observer.lined('job', place + 1), Promise.all(turns)]);
  }
  await lock.release();
  await Promise.all(turns);
  assert.deepEqual(order, [0, 1, 2]);
});

scenario('readers share a lock and make way for a writer at maxmemory', async (scene) => {
  const { observer } = scene;
  const [mine, other] = [await scene.locker(), await scene.locker()];
  await (await mine.acquire('another', { mode: 'shared' })).release();
  await fill(scene);
  const one = await mine.acquire('report', { mode: 'shared' });
  const two = await other.acquire('report', { mode: 'shared', waitTimeout: 0 });
  const writer = mine.acquire('report');
  await observer.lined('report', 1);
  const reader = other.acquire('report', { mode: 'shared' });
  await observer.lined('report', 2);
  await one.renew();
  await Promise.all([one.release(), two.release()]);
  const alone = await writer;
  assert.equal(await other.tryAcquire('report', { mode: 'shared' }), null);
  await alone.release();
  await (await reader).release();
});

scenario('a wait that is given up at maxmemory leaves the line', async (scene) => {
  const { observer } = scene;
  const mine = await scene.locker();
  const other = await scene.locker();
  await using _ = await mine.acquire('job');
  await fill(scene);
  await assert.rejects(other.acquire('job', { waitTimeout: 1_000 }), { code: 'ACQUIRE_TIMEOUT' });
  assert.equal(await observer.waiters('job'), 0);
});

scenario('a locker that comes to a full server works like any other', async (scene) => {
  await fill(scene);
  const locker = await scene.locker();
  await using lock = await locker.acquire('job', { waitTimeout: 0 });
  assert.equal(await scene.observer.owner('job'), lock.token);
});
