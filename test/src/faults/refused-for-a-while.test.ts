/** What the server refuses as a whole, until somebody has mended what ails it. */
import assert from 'node:assert/strict';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { until } from './observer.js';
import { type Scene, scenario } from './scene.js';

/** Why a server may refuse every write for a while. */
interface Ailment {
  readonly code: string;
  befall(scene: Scene): Promise<void>;
  pass(scene: Scene): Promise<void>;
}

const tooFewReplicas: Ailment = {
  code: 'NOREPLICAS',
  befall: async ({ observer }) => {
    await observer.send('CONFIG', 'SET', 'min-replicas-to-write', '1');
  },
  pass: async ({ observer }) => {
    await observer.send('CONFIG', 'SET', 'min-replicas-to-write', '0');
  },
};

const snapshotFailed: Ailment = {
  code: 'MISCONF',
  async befall({ redis, observer }) {
    // A folder of this name cannot be replaced by the snapshot.
    const inTheWay = join(redis.directory, 'dump.rdb');
    await mkdir(inTheWay);
    await writeFile(join(inTheWay, 'apples'), '3');
    await observer.send('CONFIG', 'SET', 'save', '3600 1');
    await observer.send('BGSAVE');
    await until(async () => (await lastSave(observer)) === 'err');
  },
  async pass({ redis, observer }) {
    await rm(join(redis.directory, 'dump.rdb'), { recursive: true });
    await observer.send('CONFIG', 'SET', 'save', '');
    await observer.send('BGSAVE');
    await until(async () => (await lastSave(observer)) === 'ok');
  },
};

async function lastSave(observer: Scene['observer']): Promise<string | undefined> {
  const info = String(await observer.send('INFO', 'persistence'));
  return /rdb_last_bgsave_status:(\w+)/.exec(info)?.[1];
}

/** Settles when the server has refused something once more, for this reason. */
async function refused({ observer }: Scene, { code }: Ailment, act: () => void): Promise<void> {
  const count = async (): Promise<number> => {
    const info = String(await observer.send('INFO', 'errorstats'));
    return Number(new RegExp(`errorstat_${code}:count=(\\d+)`).exec(info)?.[1] ?? 0);
  };
  const former = await count();
  act();
  await until(async () => (await count()) > former);
}

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
    const locker = await scene.locker({ commandTimeout: 600 });
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
