import assert from 'node:assert/strict';
import { AcquireTimeoutError, type Lock, type Locker, RedisUnreachableError } from '@holdfast/core';
import { until } from './observer.js';
import { type Scene, scenario } from './scene.js';

const SHORT = { ttl: 3_000, commandTimeout: 1_000 };
const WAIT = { onOutage: 'wait' } as const;

/** Those that outlast an outage, one after the other in line, and how each fares. */
async function patient(scene: Scene, lockers: readonly Locker[]): Promise<Promise<Lock>[]> {
  const waits: Promise<Lock>[] = [];
  for (const locker of lockers) {
    waits.push(locker.acquire('job', WAIT));
    await scene.observer.lined('job', waits.length);
  }
  return waits;
}

/** Lets each have its turn; their places in the order of the grants. */
async function turns(waits: readonly Promise<Lock>[]): Promise<number[]> {
  const served = waits.map(async (wait, place) => {
    await using lock = await wait;
    return { place, fencingToken: lock.fencingToken };
  });
  return (await Promise.all(served))
    .toSorted((one, other) => one.fencingToken - other.fencingToken)
    .map(({ place }) => place);
}

scenario('who waits through an outage keeps the place in the line', async (scene) => {
  const [one, other] = [await scene.locker(SHORT), await scene.locker(SHORT)];
  const holder = await scene.locker({ ttl: '1m' });
  const lock = await holder.acquire('job');
  const waits = await patient(scene, [one, other, one]);
  // By its failure the outage was long enough to end a wait.
  const witness = one.acquire('job');
  await scene.observer.lined('job', 4);
  await scene.observer.send('SAVE');
  await scene.redis.kill();
  await assert.rejects(witness, RedisUnreachableError);
  await scene.redis.start();
  // Who is not connected again would rightly be passed over.
  await until(async () => (await scene.observer.listeners()) === 2);
  await scene.observer.lined('job', 3);
  await lock.release();
  assert.deepEqual(await turns(waits), [0, 1, 2]);
});

scenario('who waits through an outage that loses all data gets the lock', async (scene) => {
  const [one, other] = [await scene.locker(SHORT), await scene.locker(SHORT)];
  const holder = await scene.locker(SHORT);
  const lock = await holder.acquire('job');
  const waits = await patient(scene, [one, other, one]);
  const witness = one.acquire('job');
  await scene.observer.lined('job', 4);
  await scene.redis.kill();
  await assert.rejects(witness, RedisUnreachableError);
  await scene.redis.start();
  assert.equal((await turns(waits)).length, 3);
  await assert.rejects(lock.release(), { code: 'LOCK_LOST' });
});

scenario('a wait outlasts a network that hangs', async (scene) => {
  const proxy = await scene.proxy();
  const locker = await scene.locker({ ...SHORT, url: proxy.url });
  const lock = await (await scene.locker(SHORT)).acquire('job');
  const [wait] = await patient(scene, [locker]);
  const witness = locker.acquire('job');
  await scene.observer.lined('job', 2);
  proxy.hang();
  await assert.rejects(witness, RedisUnreachableError);
  await proxy.heal();
  await lock.release();
  await (await wait)?.release();
});

scenario('a call that begins in an outage gets the lock when that is over', async (scene) => {
  const locker = await scene.locker(SHORT);
  await scene.redis.stop();
  const wait = locker.acquire('job', WAIT);
  await assert.rejects(locker.acquire('job'), RedisUnreachableError);
  await scene.redis.start();
  await (await wait).release();
});

scenario(
  'a wait that ends in an outage says so, and one that ends behind a holder',
  async (scene) => {
    const locker = await scene.locker(SHORT);
    const lock = await locker.acquire('job', { ttl: '1m' });
    const waiting = { ...WAIT, waitTimeout: '2s' } as const;
    await assert.rejects(locker.acquire('job', waiting), AcquireTimeoutError);
    await scene.redis.stop();
    await assert.rejects(locker.acquire('job', waiting), RedisUnreachableError);
    await scene.redis.start();
    await assert.rejects(lock.renew(), { code: 'LOCK_LOST' });
  },
);
