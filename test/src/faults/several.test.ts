import assert from 'node:assert/strict';
import { AcquireTimeoutError, ForeignDataError } from '@holdfast/core';
import { until } from './observer.js';
import { type Scene, scenario } from './scene.js';

const BOTH = ['account:1', 'account:2'];

function owners({ observer }: Scene): Promise<(string | undefined)[]> {
  return Promise.all(BOTH.map((name) => observer.owner(name)));
}

async function bothTaken(scene: Scene): Promise<(string | undefined)[]> {
  await until(async () => (await owners(scene)).every((owner) => owner !== undefined));
  return owners(scene);
}

scenario('several free locks are one round trip, and so is giving them back', async (scene) => {
  const { observer } = scene;
  const locker = await scene.locker();
  await (await locker.acquire('another')).release();
  const before = await observer.batches();
  const both = await locker.acquire(BOTH);
  assert.equal(await observer.batches(), before + 1);
  await both.renew();
  assert.equal(await observer.batches(), before + 2);
  await both.release();
  assert.equal(await observer.batches(), before + 3);
  assert.deepEqual(await observer.keys(), ['holdfast:clock']);
});

scenario('several locks whose answer was lost are asked again, and are the same', async (scene) => {
  const proxy = await scene.proxy();
  const locker = await scene.locker({ url: proxy.url });
  // The server has to know the script, or the lost answer is only that it does not.
  await (await locker.acquire('another')).release();
  proxy.hang('down');
  const acquiring = locker.acquire(BOTH);
  const granted = await bothTaken(scene);
  proxy.cut();
  await proxy.heal();
  const both = await acquiring;
  assert.deepEqual(
    [...both.locks.values()].map(({ token }) => token),
    granted,
  );
  await both.renew();
  await both.release();
});

scenario('what a lost answer granted is given back when another has one since', async (scene) => {
  const { observer } = scene;
  const proxy = await scene.proxy();
  const [locker, other] = [await scene.locker({ url: proxy.url }), await scene.locker()];
  await (await locker.acquire('another')).release();
  proxy.hang('down');
  const acquiring = locker.acquire(BOTH, { waitTimeout: 0 });
  acquiring.catch(() => {});
  await bothTaken(scene);
  await other.forceRelease('account:2');
  const lock = await other.acquire('account:2');
  proxy.cut();
  await proxy.heal();
  await assert.rejects(acquiring, (error) => {
    assert(error instanceof AcquireTimeoutError);
    assert.equal(error.lockName, 'account:2');
    return true;
  });
  // Long before the ttl of 30 s.
  await until(async () => (await observer.owner('account:1')) === undefined);
  await lock.release();
});

scenario('a server that forgot its scripts is told them again', async (scene) => {
  const locker = await scene.locker();
  await (await locker.acquire('another')).release();
  await scene.observer.send('SCRIPT', 'FLUSH');
  const both = await locker.acquire(BOTH);
  await both.release();
});

scenario(
  'data of another type among several locks is left alone, with the others',
  async (scene) => {
    const { observer } = scene;
    const locker = await scene.locker();
    await observer.send('RPUSH', 'lock:account:2', 'somebody’s');
    for (const waitTimeout of [0, 5_000]) {
      await assert.rejects(locker.acquire(BOTH, { waitTimeout }), (error) => {
        assert(error instanceof ForeignDataError);
        assert.deepEqual([error.key, error.type], ['lock:account:2', 'list']);
        return true;
      });
    }
    assert.deepEqual(await observer.keys(), ['lock:account:2']);
    await observer.send('DEL', 'lock:account:2');
  },
);

scenario('a process that is killed on the way to the second lock blocks nobody', async (scene) => {
  const { observer } = scene;
  const locker = await scene.locker();
  const later = await locker.acquire('account:2');
  const victim = await scene.service({ ttl: 3_000 });
  const doomed = victim.request('acquireAll', BOTH);
  await observer.lined('account:2', 1);
  assert.notEqual(await observer.owner('account:1'), undefined);
  victim.kill('SIGKILL');
  await assert.rejects(doomed, /SIGKILL/);
  await until(async () => (await observer.listeners()) === 0);
  const acquiring = locker.acquire(BOTH);
  // It waits in the line of the first one, until the lease of the dead is over.
  await observer.lined('account:1', 1);
  await later.release();
  const both = await acquiring;
  assert.equal(await observer.waiters('account:2'), 0, 'nor does a place of the dead stay');
  await both.release();
});

scenario('a wait for several locks goes on over a restart of the server', async (scene) => {
  const { observer } = scene;
  const [locker, other] = [await scene.locker({ ttl: 5_000 }), await scene.locker()];
  const later = await other.acquire('account:2');
  const acquiring = locker.acquire(BOTH);
  await observer.lined('account:2', 1);
  await scene.redis.restart({ keepData: true });
  await later.renew();
  await until(async () => (await observer.listeners()) === 1);
  await later.release();
  const both = await acquiring;
  assert.equal(both.held, true);
  await both.renew();
  await both.release();
});

scenario('a wait begins again when the server lost what it had already', async (scene) => {
  const { observer } = scene;
  const [locker, other] = [
    await scene.locker({ ttl: 1_500 }),
    await scene.locker({ renew: false }),
  ];
  await other.acquire('account:2');
  const acquiring = locker.acquire(BOTH);
  await observer.lined('account:2', 1);
  await observer.send('FLUSHALL');
  const both = await acquiring;
  assert.equal(both.held, true);
  await both.renew();
  await both.release();
});

scenario('a wait that gives up while nobody answers leaves nothing', async (scene) => {
  const { observer } = scene;
  const proxy = await scene.proxy();
  const [locker, other] = [await scene.locker({ url: proxy.url }), await scene.locker()];
  const later = await other.acquire('account:2');
  const controller = new AbortController();
  const acquiring = locker.acquire(BOTH, { signal: controller.signal });
  await observer.lined('account:2', 1);
  proxy.hang();
  controller.abort(new Error('enough'));
  await assert.rejects(acquiring, /enough/);
  await proxy.heal();
  await later.release();
  // Long before the ttl of 30 s.
  const both = await other.acquire(BOTH, { waitTimeout: 5_000 });
  await both.release();
});
