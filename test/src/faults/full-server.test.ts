import assert from 'node:assert/strict';
import { until } from './observer.js';
import { type Scene, scenario } from './scene.js';

async function counter(scene: Scene, section: string, name: string): Promise<number> {
  const info = String(await scene.observer.send('INFO', section));
  return Number(new RegExp(`${name}:(\\d+)`).exec(info)?.[1] ?? 0);
}

scenario('a wait survives that there was no room for its connection at first', async (scene) => {
  const { observer } = scene;
  const holder = await scene.locker();
  const waiter = await scene.locker();
  const lock = await holder.acquire('job');
  const connected = await counter(scene, 'clients', 'connected_clients');
  await observer.send('CONFIG', 'SET', 'maxclients', String(connected));
  const waited = waiter.acquire('job');
  const outcome = waited.then(
    () => 'granted',
    (error: unknown) => error,
  );
  await until(async () => (await counter(scene, 'stats', 'rejected_connections')) > 0);
  await observer.send('CONFIG', 'SET', 'maxclients', '10000');
  // What was refused comes to an end by itself, or the wait stands in line.
  await Promise.race([observer.lined('job', 1), outcome.then(assert.ifError, assert.ifError)]);
  await lock.release();
  await (await waited).release();
});

scenario('a wait without room for its connection ends in its own time', async (scene) => {
  const { observer } = scene;
  const holder = await scene.locker();
  const waiter = await scene.locker({ commandTimeout: 1_500 });
  await using _ = await holder.acquire('job');
  const connected = await counter(scene, 'clients', 'connected_clients');
  await observer.send('CONFIG', 'SET', 'maxclients', String(connected));
  await assert.rejects(waiter.acquire('job'), /max number of clients/);
  assert.ok((await counter(scene, 'stats', 'rejected_connections')) > 1);
  await observer.send('CONFIG', 'SET', 'maxclients', '10000');
});
