import assert from 'node:assert/strict';
import { setTimeout as elapse } from 'node:timers/promises';
import { scenario } from './scene.js';

scenario('a wait longer than the ttl returns a lock with its lease before it', async (scene) => {
  const holder = await scene.locker();
  const locker = await scene.locker();
  const lock = await holder.acquire('job');
  const ttl = 1_500;
  const waiting = locker.acquire('job', { ttl, renew: false });
  await scene.observer.lined('job', 1);
  await elapse(ttl + 100);
  await lock.release();
  const next = await waiting;
  const { remaining, held } = next;
  assert.equal(held, true);
  assert.ok(remaining >= ttl / 2, `${remaining} ms were left.`);
  // What it believes is not more than the server gives.
  assert.ok(next.remaining <= (await scene.observer.lease('job')));
  await next.release();
});

scenario('a lock that is busy forever is given up, and said to be so', async (scene) => {
  const { observer } = scene;
  const locker = await scene.locker();
  await observer.send('SET', 'lock:job', 'of another program');
  await assert.rejects(locker.acquire('job', { waitTimeout: 100 }), {
    code: 'ACQUIRE_TIMEOUT',
    holderTtl: undefined,
  });
  await observer.send('DEL', 'lock:job');
});

const ODD_NAMES = [
  `"double" and 'single' quotes`,
  '{order}:42',
  '}{',
  'two words\nand two lines\r\n',
  'κλειδί 🔒 鍵',
  '\0',
  '1 2 3',
  '../%s/$1\\',
];

scenario(
  'a name with quotes, braces, spaces or any Unicode is woken like others',
  async (scene) => {
    const { observer } = scene;
    const locker = await scene.locker();
    const service = await scene.service();
    for (const name of ODD_NAMES) {
      const lock = await locker.acquire(name);
      const waiting = service.request('acquire', name);
      await observer.lined(name, 1);
      const before = await observer.batches();
      await lock.release();
      await waiting;
      // Pushed: only the release was sent, no poll.
      assert.equal(await observer.batches(), before + 1);
      await service.request('release', name);
    }
  },
);

scenario('lockers of different servers in one process do not mix', async (scene) => {
  const first = await scene.locker();
  await using other = await scene.another();
  const second = await other.locker();
  // Both wait, and both are woken: neither subscription is the only one of its process.
  for (const [locker, { observer }] of [
    [first, scene],
    [second, other],
  ] as const) {
    const lock = await locker.acquire('job');
    const waiting = locker.acquire('job');
    await observer.lined('job', 1);
    await lock.release();
    await (await waiting).release();
  }
  // A lock in the one is no lock in the other.
  const [one, two] = await Promise.all([first.acquire('job'), second.acquire('job')]);
  assert.ok(one.held && two.held);
  const waiting = [first.acquire('job'), second.acquire('job')] as const;
  await Promise.all([scene.observer.lined('job', 1), other.observer.lined('job', 1)]);
  await two.release();
  await (await waiting[1]).release();
  assert.equal(await scene.observer.waiters('job'), 1);
  await one.release();
  await (await waiting[0]).release();
  await other.leavesNothing();
});
