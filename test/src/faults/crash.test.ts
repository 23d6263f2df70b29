import assert from 'node:assert/strict';
import { until } from './observer.js';
import { scenario } from './scene.js';

scenario('gives the lock to a waiting process when its holder is killed', async (scene) => {
  const ttl = 300;
  const holder = await scene.service({ ttl });
  const waiter = await scene.service({ ttl });
  const first = await holder.request('acquire', 'job');
  const waiting = waiter.request('acquire', 'job');
  await scene.observer.lined('job', 1);
  const killed = performance.now();
  holder.kill('SIGKILL');
  const second = await waiting;
  assert.ok(performance.now() - killed < ttl + 1_500);
  assert.ok(second.fencingToken > first.fencingToken);
  assert.equal(await scene.observer.owner('job'), second.token);
});

scenario(
  'does not give the lock away while a killed holder may still own the lease',
  async (scene) => {
    const holder = await scene.service({ ttl: 400, renew: false });
    const locker = await scene.locker({ ttl: 400 });
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
  const held = performance.now();
  await lock.release();
  const { token, fencingToken } = await first;
  assert.equal(await observer.owner('job'), token);
  await before.request('release', 'job');
  assert.ok((await last).fencingToken > fencingToken);
  // Far less than the ttl of 30 s: nobody waited for a lease of the dead to end.
  assert.ok(performance.now() - held < 5_000);
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
  const holder = await scene.service({ ttl: 300 });
  const waiter = await scene.service({ ttl: 300 });
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
  const ttl = 300;
  const holder = await scene.service({ ttl });
  const waiter = await scene.service({ ttl });
  await holder.request('acquire', 'job');
  void waiter.request('acquire', 'job').catch(() => {});
  await observer.lined('job', 1);
  holder.kill('SIGKILL');
  waiter.kill('SIGKILL');
  await Promise.all([holder.exited, waiter.exited]);
  const locker = await scene.locker({ ttl });
  const lock = await locker.acquire('job', { waitTimeout: ttl + 3_000 });
  assert.equal(lock.held, true);
  await lock.release();
});
