/** A refusal that passes: the release that it hit is made good soon after, not by the lease's end. */
import assert from 'node:assert/strict';
import { mkdir, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { LEAST_PRIVILEGE } from '../contract/acl.js';
import { until } from './observer.js';
import { comesWithin } from './punctual.js';
import { type Scene, scenario } from './scene.js';

/** Far below the ttl of 30 s that the locks have. */
const SOON = { waitTimeout: 8_000 };

/** How often the server has refused something with this error. */
async function refusals({ observer }: Scene, error: string): Promise<number> {
  const stats = String(await observer.send('INFO', 'errorstats'));
  return Number(new RegExp(`errorstat_${error}:count=(\\d+)`).exec(stats)?.[1] ?? 0);
}

scenario('a release that the ACL refused for a while is made good', async (scene) => {
  const { observer } = scene;
  await observer.send('ACL', 'SETUSER', 'worker', 'on', '>secret', ...LEAST_PRIVILEGE.split(' '));
  const url = `redis://worker:secret@127.0.0.1:${scene.redis.port}`;
  const lock = await (await scene.locker({ url })).acquire('job');
  await observer.send('ACL', 'SETUSER', 'worker', '-evalsha');
  // The caller is told at once; the locker goes on trying.
  assert.ok(await comesWithin(3_000, assert.rejects(lock.release(), { code: 'REDIS_REFUSED' })));
  await until(async () => (await refusals(scene, 'NOPERM')) >= 3);
  await observer.send('ACL', 'SETUSER', 'worker', '+evalsha');
  await (await (await scene.locker()).acquire('job', SOON)).release();
});

scenario('a release that was refused for want of a snapshot is made good', async (scene) => {
  const { observer } = scene;
  const locker = await scene.locker({ commandTimeout: 1_000 });
  const lock = await locker.acquire('job');
  // A folder where the snapshot should be.
  const obstacle = join(scene.redis.directory, 'dump.rdb');
  await mkdir(obstacle);
  await observer.send('CONFIG', 'SET', 'save', '3600 1');
  const snapshot = async (status: string): Promise<void> => {
    await observer.send('BGSAVE');
    await until(async () => {
      const state = String(await observer.send('INFO', 'persistence'));
      return state.includes(`rdb_last_bgsave_status:${status}`);
    });
  };
  await snapshot('err');
  // Its caller is told in time, in one way or the other.
  await assert.rejects(lock.release(), { name: /^Redis/ });
  await rmdir(obstacle);
  await snapshot('ok');
  await (await (await scene.locker()).acquire('job', SOON)).release();
  await observer.send('CONFIG', 'SET', 'save', '');
});

scenario('a release that met a replica for a while is made good', async (scene) => {
  const { observer } = scene;
  const locker = await scene.locker({ commandTimeout: 1_000 });
  const lock = await locker.acquire('job');
  // Its master is nowhere: it keeps its data and only refuses to write.
  await observer.send('REPLICAOF', '127.0.0.1', '1');
  assert.ok(await comesWithin(3_000, assert.rejects(lock.release(), { name: /^Redis/ }), 10));
  await observer.send('REPLICAOF', 'NO', 'ONE');
  await (await (await scene.locker()).acquire('job', SOON)).release();
});
