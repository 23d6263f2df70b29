import assert from 'node:assert/strict';
import { until } from './observer.js';
import { comesWithin } from './punctual.js';
import { scenario } from './scene.js';

scenario('gives the lock to a waiting process when its holder is killed', async (scene) => {
  const holder = await scene.service({ ttl: 1_800 });
  const waiter = await scene.service();
  const first = await holder.request('acquire', 'job');
  const waiting = waiter.request('acquire', 'job');
  await scene.observer.lined('job', 1);
  holder.kill('SIGKILL');
  // When the lease has ended, long before the poll that is due every 5 s.
  assert.ok(await comesWithin(3_500, waiting));
  const second = await waiting;
  assert.ok(second.fencingToken > first.fencingToken);
  assert.equal(await scene.observer.owner('job'), second.token);
});

scenario(
  'does not give the lock away while a killed holder may still own the lease',
  async (scene) => {
    const holder = await scene.service({ ttl: 400, renew: false });
    const locker = await scene.locker();
    const held = performance.now();
    await holder.request('acquire', 'job');
    holder.kill('SIGKILL');
    const lock = await locker.acquire('job');
    assert.ok(performance.now() - held >= 400);
    await lock.release();
  },
);

scenario('skips a waiter that was killed in the middle of the line, at once', async (scene) => {
  const { observer } = scene;
  const locker = await scene.locker();
  const lock = await locker.acquire('job');
  const [before, victim, after] = await Promise.all([
    scene.service(),
    scene.service(),
    scene.service(),
  ]);
  const first = before.request('acquire', 'job');
  await observer.lined('job', 1);
  const doomed = victim.request('acquire', 'job');
  await observer.lined('job', 2);
  const last = after.request('acquire', 'job');
  await observer.lined('job', 3);

  victim.kill('SIGKILL');
  await assert.rejects(doomed, /SIGKILL/);
  await until(async () => (await observer.listeners()) === 2);
  await lock.release();
  const { token, fencingToken } = await first;
  assert.equal(await observer.owner('job'), token);
  const sent = await observer.batches();
  await before.request('release', 'job');
  assert.ok((await last).fencingToken > fencingToken);
  // By the release alone: nobody asked, and nobody waited for a lease of the dead to end.
  assert.equal(await observer.batches(), sent + 1);
  assert.equal(await observer.waiters('job'), 0);
});

scenario('frees the lock when everybody in the line was killed', async (scene) => {
  const { observer } = scene;
  const locker = await scene.locker();
  const lock = await locker.acquire('job');
  const victims = await Promise.all([scene.service(), scene.service()]);
  for (const [index, victim] of victims.entries()) {
    void victim.request('acquire', 'job').catch(() => {});
    await observer.lined('job', index + 1);
  }
  for (const victim of victims) victim.kill('SIGKILL');
  await Promise.all(victims.map((victim) => victim.exited));
  await until(async () => (await observer.listeners()) === 0);
  await lock.release();
  assert.deepEqual(await observer.keys(), ['holdfast:clock']);
});

scenario('a line whose waiters were all killed runs out by itself', async (scene) => {
  const { observer } = scene;
  const holder = await scene.service({ ttl: 2_000 });
  const waiter = await scene.service({ ttl: 2_000 });
  await holder.request('acquire', 'job');
  void waiter.request('acquire', 'job').catch(() => {});
  await observer.lined('job', 1);
  holder.kill('SIGKILL');
  waiter.kill('SIGKILL');
  await Promise.all([holder.exited, waiter.exited]);
  const queue = 'holdfast:queue:lock:job';
  const lifetime = (await observer.send('PTTL', queue)) as number;
  assert.ok(lifetime > 0 && lifetime <= 30_000, `The line lives for ${lifetime} ms.`);
  // What 30 s would do.
  await observer.send('PEXPIRE', queue, '1');
});

scenario('nobody who comes later waits for the line of the dead', async (scene) => {
  const { observer } = scene;
  const holder = await scene.service({ ttl: 2_000 });
  const waiter = await scene.service();
  await holder.request('acquire', 'job');
  void waiter.request('acquire', 'job').catch(() => {});
  await observer.lined('job', 1);
  holder.kill('SIGKILL');
  waiter.kill('SIGKILL');
  await Promise.all([holder.exited, waiter.exited]);
  const locker = await scene.locker();
  // Not for the 30 s that the line lives.
  const lock = await locker.acquire('job', { waitTimeout: '15s' });
  assert.equal(lock.held, true);
  await lock.release();
});
