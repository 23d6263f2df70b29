import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Lock } from '@holdfast/core';
import { until } from './observer.js';
import { type Scene, scenario } from './scene.js';

interface Crowd {
  readonly lock: Lock;
  /** The places in line of those that have had their turn. */
  readonly served: readonly number[];
  /** All of them, in the order of their grants. */
  readonly order: Promise<number[]>;
}

/** A holder, and behind it a line of processes, one of which has two waiters. */
async function crowd(scene: Scene): Promise<Crowd> {
  const locker = await scene.locker({ ttl: 10_000 });
  const [one, other] = [await scene.service(), await scene.service()];
  const lock = await locker.acquire('job');
  const served: number[] = [];
  const turns: Promise<{ readonly place: number; readonly fencingToken: number }>[] = [];
  for (const [place, service] of [one, other, one].entries()) {
    const turn = service.request('turn', 'job', 1, { ttl: 10_000 });
    turns.push(
      turn.then(({ fencingToken }) => {
        served.push(place);
        return { place, fencingToken };
      }),
    );
    await scene.observer.lined('job', place + 1);
  }
  // Their messages come from two processes: in which order they arrive says nothing.
  const order = Promise.all(turns).then((all) =>
    all
      .toSorted((first, second) => first.fencingToken - second.fencingToken)
      .map(({ place }) => place),
  );
  return { lock, served, order };
}

scenario(
  'a restart that keeps the data costs neither the lock nor a place in line',
  async (scene) => {
    const { lock, served, order } = await crowd(scene);
    await scene.redis.restart({ keepData: true });
    await lock.renew();
    assert.equal(lock.held, true);
    assert.deepEqual(served, []);
    await scene.observer.lined('job', 3);
    // A hand-off before a waiter listens again would rightly pass it over.
    await until(async () => (await scene.observer.listeners()) === 2);
    await lock.release();
    assert.deepEqual(await order, [0, 1, 2]);
  },
);

scenario(
  'a server with an append-only file may be killed and started again',
  async (scene) => {
    const { lock, order } = await crowd(scene);
    await scene.redis.kill();
    await scene.redis.start();
    await lock.renew();
    await until(async () => (await scene.observer.listeners()) === 2);
    await lock.release();
    assert.deepEqual(await order, [0, 1, 2]);
  },
  { args: ['--appendonly', 'yes', '--appendfsync', 'always'] },
);

scenario('a holder learns in time that the server lost its data', async (scene) => {
  // Its first renewal finds out.
  const locker = await scene.locker({ ttl: 6_000 });
  const lock = await locker.acquire('job');
  const told = once(lock.signal, 'abort');
  await scene.redis.restart({ keepData: false });
  await told;
  assert.equal((lock.signal.reason as { reason: string }).reason, 'gone');
  await assert.rejects(lock.release(), { code: 'LOCK_LOST' });
});

scenario(
  'after the server lost its data the waiters of a process keep their order',
  async (scene) => {
    const { observer } = scene;
    const holder = await scene.locker();
    const locker = await scene.locker();
    const lock = await holder.acquire('job');
    const order: number[] = [];
    const turns = [];
    for (const place of [0, 1, 2, 3]) {
      turns.push(locker.using('job', () => order.push(place)));
      await observer.lined('job', place + 1);
    }
    await scene.redis.restart({ keepData: false });
    await Promise.all(turns);
    assert.deepEqual(order, [0, 1, 2, 3]);
    await assert.rejects(lock.release(), { code: 'LOCK_LOST' });
  },
);

scenario('after the server lost its data every waiting process gets its turn', async (scene) => {
  const { lock, order } = await crowd(scene);
  await scene.redis.restart({ keepData: false });
  assert.deepEqual(
    (await order).toSorted((a, b) => a - b),
    [0, 1, 2],
  );
  await assert.rejects(lock.release(), { code: 'LOCK_LOST' });
});

scenario('fencing tokens go on rising after the server lost its data', async (scene) => {
  const locker = await scene.locker();
  const before = await locker.acquire('job', { renew: false });
  await scene.redis.restart({ keepData: false });
  const after = await locker.acquire('job');
  assert.ok(after.fencingToken > before.fencingToken);
  await after.release();
  await assert.rejects(before.release(), { code: 'LOCK_LOST', reason: 'gone' });
});
