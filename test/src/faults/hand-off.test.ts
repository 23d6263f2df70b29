import assert from 'node:assert/strict';
import type { Acquired } from './service.js';
import { type Scene, scenario } from './scene.js';

scenario(
  '50 waiters in 5 processes drain in the order of arrival, without polling',
  async (scene) => {
    const { observer } = scene;
    const locker = await scene.locker();
    const services = await Promise.all(Array.from({ length: 5 }, () => scene.service()));
    const lock = await locker.acquire('job');
    const arrivals: Promise<Acquired>[] = [];
    for (let place = 0; place < 50; place += 1) {
      const service = services[place % services.length];
      const turn = service?.request('turn', 'job', 5);
      if (turn !== undefined) arrivals.push(turn);
      await observer.lined('job', place + 1);
    }
    const before = await observer.batches();
    await lock.release();
    const turns = await Promise.all(arrivals);
    const sent = (await observer.batches()) - before;
    // One release each, and the first one's; polling peers need hundreds.
    assert.ok(sent <= 51 + 3, `${sent} commands for 50 hand-offs.`);
    const fences = turns.map(({ fencingToken }) => fencingToken);
    assert.deepEqual(
      fences,
      fences.toSorted((a, b) => a - b),
    );
  },
);

/** Commands that clients send while a line of waiters drains. */
async function commandsToDrain(scene: Scene, waiters: number): Promise<number> {
  const { observer } = scene;
  const holder = await scene.locker();
  const lockers = [await scene.locker(), await scene.locker()];
  const lock = await holder.acquire('job');
  const turns = lockers.flatMap((locker) =>
    Array.from({ length: waiters / lockers.length }, () => locker.using('job', () => {})),
  );
  await observer.lined('job', waiters);
  const before = await observer.batches();
  await lock.release();
  await Promise.all(turns);
  return (await observer.batches()) - before;
}

scenario('a hand-off takes as many commands with 200 waiters as with 10', async (scene) => {
  const few = await commandsToDrain(scene, 10);
  const many = await commandsToDrain(scene, 200);
  assert.equal(few / 11, 1);
  assert.equal(many / 201, 1);
});

scenario(
  'fencing tokens rise in the order of the grants (a peer draws them later)',
  async (scene) => {
    const services = await Promise.all(Array.from({ length: 3 }, () => scene.service()));
    // Each turn writes its token into a list while it holds the lock.
    await Promise.all(services.map((service) => service.request('sign', 'job', 'signatures', 40)));
    const signatures = (await scene.observer.send('LRANGE', 'signatures', '0', '-1')) as string[];
    await scene.observer.send('DEL', 'signatures');
    assert.equal(signatures.length, 120);
    for (const [index, signature] of signatures.slice(1).entries()) {
      assert.ok(Number(signature) > Number(signatures[index]));
    }
  },
);
