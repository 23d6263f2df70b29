import assert from 'node:assert/strict';
import { setTimeout as elapse } from 'node:timers/promises';
import type { AcquireOptions, Lock, Locker } from '@holdfast/core';
import { until } from './observer.js';
import { comesWithin } from './punctual.js';
import { scenario, type Scene } from './scene.js';

// Locks that are held together, and what becomes of their counts when something breaks.

const THREE = { limit: 3 } as const;
const SHARED = { mode: 'shared' } as const;

/** Takes all that can be taken at once, and gives it back; how much it was. */
async function room(locker: Locker, name: string, options: AcquireOptions): Promise<number> {
  const taken: Lock[] = [];
  for (;;) {
    const lock = await locker.tryAcquire(name, options);
    if (lock === null) break;
    taken.push(lock);
  }
  await Promise.all(taken.map((lock) => lock.release()));
  return taken.length;
}

/** How many are inside, by what stands at the server. */
async function inside({ observer }: Scene, name: string): Promise<number> {
  const used = await observer.send('HGET', `holdfast:room:lock:${name}`, 'used');
  return Number(used ?? 0);
}

scenario('a killed holder costs its own permit, for its own ttl', async (scene) => {
  const holder = await scene.service({ ttl: 1_800 });
  const locker = await scene.locker();
  const kept = await locker.acquire('api', THREE);
  await holder.request('acquire', 'api', THREE);
  assert.equal(await room(locker, 'api', THREE), 1);
  holder.kill('SIGKILL');
  await holder.exited;
  // When that lease has ended, long before the poll that is due every 5 s.
  assert.ok(
    await comesWithin(
      3_500,
      locker.using('api', { limit: 3, weight: 2 }, () => {}),
    ),
  );
  assert.equal(await room(locker, 'api', THREE), 2);
  await kept.renew();
  await kept.release();
});

scenario(
  'a writer gets in when the lease of a killed reader is over, the others having left',
  async (scene) => {
    const ttl = 1_800;
    const [victim, reader] = [await scene.service({ ttl }), await scene.service({ ttl })];
    const locker = await scene.locker();
    await victim.request('acquire', 'report', SHARED);
    await reader.request('acquire', 'report', SHARED);
    const writing = locker.acquire('report');
    await scene.observer.lined('report', 1);
    victim.kill('SIGKILL');
    await victim.exited;
    // The other one is renewed again and again, far beyond the lease of the victim.
    await until(async () => (await inside(scene, 'report')) === 1);
    assert.equal((await reader.request('look', 'report')).held, true);
    assert.equal(await scene.observer.waiters('report'), 1);
    await reader.request('release', 'report');
    await (await writing).release();
  },
);

scenario('a dead writer that waits does not keep readers out', async (scene) => {
  const locker = await scene.locker();
  const reader = await locker.acquire('report', SHARED);
  const victim = await scene.service();
  void victim.request('acquire', 'report').catch(() => {});
  await scene.observer.lined('report', 1);
  victim.kill('SIGKILL');
  await victim.exited;
  await until(async () => (await scene.observer.listeners()) === 0);
  const other = await locker.acquire('report', { ...SHARED, waitTimeout: 0 });
  assert.equal(await scene.observer.waiters('report'), 0);
  await Promise.all([reader.release(), other.release()]);
});

scenario('permits survive that the server forgets its scripts', async (scene) => {
  const locker = await scene.locker();
  const permits = [await locker.acquire('api', THREE), await locker.acquire('api', THREE)];
  await scene.observer.send('SCRIPT', 'FLUSH');
  assert.equal(await room(locker, 'api', THREE), 1);
  await Promise.all(permits.map((permit) => permit.renew()));
  await scene.observer.send('SCRIPT', 'FLUSH');
  await Promise.all(permits.map((permit) => permit.release()));
  assert.equal(await room(locker, 'api', THREE), 3);
});

// In each of these the server does what it was asked, and the connection breaks before the answer.

scenario('a permit whose acquire lost its answer is counted once', async (scene) => {
  const proxy = await scene.proxy();
  const locker = await scene.locker({ url: proxy.url });
  await (await locker.acquire('another', THREE)).release();
  proxy.hang('down');
  const acquiring = locker.acquire('api', THREE);
  await until(async () => (await inside(scene, 'api')) === 1);
  proxy.cut();
  await proxy.heal();
  const permit = await acquiring;
  assert.equal(await inside(scene, 'api'), 1);
  assert.equal(await room(await scene.locker(), 'api', THREE), 2);
  await permit.release();
  assert.deepEqual(await scene.observer.keys(), ['holdfast:clock']);
});

scenario('a permit whose renewal lost its answer is held, and counted once', async (scene) => {
  const proxy = await scene.proxy();
  const locker = await scene.locker({ url: proxy.url, ttl: 20_000 });
  const permit = await locker.acquire('api', { ...THREE, renew: false });
  await until(async () => (await scene.observer.lease('api')) < 19_900);
  const before = await scene.observer.lease('api');
  proxy.hang('down');
  const renewing = permit.renew();
  await until(async () => (await scene.observer.lease('api')) > before);
  proxy.cut();
  await proxy.heal();
  await renewing;
  assert.equal(permit.held, true);
  assert.equal(await inside(scene, 'api'), 1);
  await permit.release();
});

scenario('a permit whose release lost its answer is given back once', async (scene) => {
  const proxy = await scene.proxy();
  const locker = await scene.locker({ url: proxy.url });
  const other = await scene.locker();
  const stays = await other.acquire('api', THREE);
  const permit = await locker.acquire('api', THREE);
  proxy.hang('down');
  const releasing = permit.release();
  await until(async () => (await inside(scene, 'api')) === 1);
  // Others take what is free before the release is sent again.
  const [next, last] = [await other.acquire('api', THREE), await other.acquire('api', THREE)];
  proxy.cut();
  await proxy.heal();
  await releasing;
  assert.equal(await inside(scene, 'api'), 3);
  assert.equal(await other.tryAcquire('api', THREE), null);
  await Promise.all([stays, next, last].map((one) => one.release()));
});

scenario(
  'a permit that was handed on is found also if the answer to the release is lost',
  async (scene) => {
    const { observer } = scene;
    const proxy = await scene.proxy();
    const locker = await scene.locker({ url: proxy.url, pool: { min: 1, max: 2 } });
    // Two connections: the one that is lost is not opened again, and nobody hears of that.
    proxy.hang('down');
    const others = [locker.acquire('one')];
    await new Promise((resolve) => setImmediate(resolve));
    others.push(locker.acquire('two'));
    await proxy.heal();
    await Promise.all((await Promise.all(others)).map((lock) => lock.release()));
    const permit = await locker.acquire('api', { limit: 1 });
    // Before the poll that is due every 5 s.
    const waiting = locker.acquire('api', { limit: 1, waitTimeout: '4s' });
    await observer.lined('api', 1);
    await observer.send('CONFIG', 'SET', 'slowlog-log-slower-than', '0');
    let swallowed = false;
    proxy.rewrite((chunk, direction) => {
      if (direction === 'up' || !chunk.includes('lock:api')) return chunk;
      swallowed = true;
      return Buffer.alloc(0);
    });
    const releasing = permit.release();
    await until(() => swallowed);
    const log = (await observer.send('SLOWLOG', 'GET', '10')) as [
      unknown,
      unknown,
      unknown,
      string[],
      string,
    ][];
    const [, , , , address = ''] = log.find(([, , , [command]]) => command === 'EVALSHA') ?? [];
    proxy.rewrite((chunk) => chunk);
    await observer.send('CLIENT', 'KILL', 'ADDR', address);
    const next = await waiting;
    await releasing;
    assert.equal(await inside(scene, 'api'), 1);
    await next.release();
  },
);

scenario('a line that is none leaves a room as it is, whoever leaves it', async (scene) => {
  const { observer } = scene;
  const locker = await scene.locker();
  const lock = await locker.acquire('report', SHARED);
  const other = await locker.acquire('report', SHARED);
  const controller = new AbortController();
  const waiting = locker.acquire('report', { signal: controller.signal });
  waiting.catch(() => {});
  const line = 'holdfast:queue:lock:report';
  await observer.lined('report', 1);
  await observer.send('DEL', line);
  await observer.send('RPUSH', line, 'theirs');
  const look = (): Promise<unknown> =>
    Promise.all([
      observer.send('GET', 'lock:report'),
      observer.send('HGETALL', 'holdfast:room:lock:report'),
      observer.send('ZCARD', 'holdfast:leases:lock:report'),
    ]);
  const before = await look();
  await assert.rejects(lock.release(), { code: 'REDIS_REFUSED' });
  assert.deepEqual(await look(), before);
  const foreign = { code: 'FOREIGN_DATA', key: line, type: 'list' };
  await assert.rejects(locker.forceRelease('report'), foreign);
  assert.deepEqual(await look(), before);
  assert.equal(other.held, true);
  await observer.send('DEL', line);
  controller.abort(new Error('enough'));
  await assert.rejects(waiting, /enough|list/);
  await other.release();
});

scenario('a wait that gave up before its permit arrived gives the permit back', async (scene) => {
  const proxy = await scene.proxy();
  const holder = await scene.locker();
  const one = await holder.acquire('api', { limit: 1 });
  const locker = await scene.locker({ url: proxy.url, commandTimeout: 1_000 });
  const controller = new AbortController();
  const waiting = locker.acquire('api', { limit: 1, signal: controller.signal });
  await scene.observer.lined('api', 1);
  proxy.hang();
  await one.release();
  controller.abort(new Error('enough'));
  await assert.rejects(waiting, /enough/);
  await proxy.heal();
  // Long before the ttl of 30 s.
  await (await holder.acquire('api', { limit: 1, waitTimeout: 5_000 })).release();
});

scenario(
  'callers of one process are let in as they called, also at first contention',
  async (scene) => {
    const [proxy, holder] = [await scene.proxy(), await scene.locker()];
    const locker = await scene.locker({ url: proxy.url });
    const writer = await holder.acquire('report');
    // So slow that some call just as the channel for waiting opens.
    proxy.delay(40);
    const modes: readonly AcquireOptions[] = [{}, SHARED, { limit: 1 }, SHARED, SHARED, {}];
    const calls = Array.from({ length: 18 }, (_, n) => n);
    const order: number[] = [];
    const turns: Promise<unknown>[] = [];
    for (const n of calls) {
      turns.push(locker.using('report', modes[n % modes.length], () => order.push(n)));
      await elapse(20);
    }
    await scene.observer.lined('report', calls.length);
    await writer.release();
    await Promise.all(turns);
    assert.deepEqual(order, calls);
  },
);

scenario('a row of a thousand readers gets in by itself, in steps', async (scene) => {
  const [holder, locker] = [await scene.locker(), await scene.locker()];
  const writer = await holder.acquire('report');
  const row = Array.from({ length: 1_000 }, () => locker.acquire('report', SHARED));
  await scene.observer.lined('report', 1_000);
  await writer.release();
  // Nobody waited for a poll.
  assert.ok(await comesWithin(4_000, Promise.all(row), 10));
  const readers = await Promise.all(row);
  assert.equal(await inside(scene, 'report'), 1_000);
  await Promise.all(readers.map((reader) => reader.release()));
});

scenario(
  'ten thousand readers of one process are renewed in batches, and none is lost',
  async (scene) => {
    const locker = await scene.locker();
    const readers = await Promise.all(
      Array.from({ length: 10_000 }, () => locker.acquire('report', { ...SHARED, renew: false })),
    );
    const before = await scene.observer.batches();
    await Promise.all(readers.map((reader) => reader.renew()));
    const batches = (await scene.observer.batches()) - before;
    assert.ok(batches <= 160, `${batches} batches`);
    assert.equal(await inside(scene, 'report'), 10_000);
    await Promise.all(readers.map((reader) => reader.release()));
  },
);

scenario('a forced release names the key that holds another type', async (scene) => {
  const locker = await scene.locker();
  const lock = await locker.acquire('report', SHARED);
  const key = 'holdfast:room:lock:report';
  await scene.observer.send('DEL', key);
  await scene.observer.send('RPUSH', key, 'theirs');
  await assert.rejects(locker.forceRelease('report'), { code: 'FOREIGN_DATA', key, type: 'list' });
  await scene.observer.send('DEL', key);
  await lock.release().catch(() => {});
  await scene.observer.send('DEL', 'lock:report', 'holdfast:leases:lock:report');
});
