import assert from 'node:assert/strict';
import { once } from 'node:events';
import { RedisUnreachableError } from '@holdfast/core';
import { until } from './observer.js';
import { comesWithin } from './punctual.js';
import { scenario } from './scene.js';

/** For what ends with a `commandTimeout` of 1 s, in several steps. */
const SOON = 10_000;

scenario(
  'tells the holder before its lease ends when the server is frozen (a peer told it 4.6 s late)',
  async (scene) => {
    const ttl = 600;
    const locker = await scene.locker({ ttl, commandTimeout: 2_000 });
    const lock = await locker.acquire('job');
    scene.redis.pause();
    // Before this moment the server granted; its lease ends within the ttl from here.
    assert.ok(await comesWithin(ttl + 50, once(lock.signal, 'abort')));
    assert.equal(lock.held, false);
    assert.equal((lock.signal.reason as { reason: string }).reason, 'expired');
    scene.redis.resume();
    await assert.rejects(lock.release(), { code: 'LOCK_LOST', reason: 'expired' });
  },
);

scenario('a holder in another process is told as early', async (scene) => {
  const ttl = 600;
  const holder = await scene.service({ ttl });
  await holder.request('acquire', 'job');
  scene.redis.pause();
  assert.equal(await holder.request('isTold', 'job', ttl + 50), true);
  assert.deepEqual(await holder.request('look', 'job'), {
    held: false,
    aborted: true,
    reason: 'expired',
  });
  scene.redis.resume();
});

scenario('keeps the lock when the server froze for less than the lease', async (scene) => {
  const ttl = 6_000;
  const locker = await scene.locker({ ttl });
  const lock = await locker.acquire('job');
  scene.redis.pause();
  const renewed = lock.renew();
  // It gets its answer late.
  await until(() => lock.remaining < ttl - 500);
  scene.redis.resume();
  await renewed;
  assert.equal(lock.held, true);
  assert.ok(lock.remaining > ttl / 2);
  await lock.release();
});

scenario('a frozen server is unreachable, never busy or free', async (scene) => {
  const locker = await scene.locker({ commandTimeout: 1_000 });
  const lock = await locker.acquire('job');
  scene.redis.pause();
  const answering = Promise.allSettled([
    locker.acquire('job'),
    locker.acquire('job', { waitTimeout: 0 }),
    locker.acquire('job', { waitTimeout: 60_000 }),
    locker.acquire('other'),
    locker.tryAcquire('job'),
    locker.using('job', () => 'ran'),
    // Of another name: sent to a frozen server, it may well happen when that thaws.
    locker.forceRelease('third'),
    locker.adopt({ ...lock.toJSON(), token: 'another/1' }),
  ]);
  // Long before the one that would wait for a minute.
  assert.ok(await comesWithin(SOON, answering));
  for (const answer of await answering) {
    assert.equal(answer.status, 'rejected');
    assert.ok(answer.reason instanceof RedisUnreachableError, String(answer.reason));
    assert.equal(answer.reason.address, scene.redis.url);
  }
  scene.redis.resume();
  await lock.release();
  await scene.givenBack();
});

scenario('a release without an answer says so, and the lock is gone soon after', async (scene) => {
  const locker = await scene.locker({ commandTimeout: 1_000, ttl: 60_000 });
  const lock = await locker.acquire('job');
  scene.redis.pause();
  await assert.rejects(lock.release(), { code: 'REDIS_UNREACHABLE' });
  assert.equal(lock.held, false);
  assert.equal(lock.signal.aborted, false);
  await lock.release();
  scene.redis.resume();
  // Long before its ttl.
  const next = await locker.acquire('job', { waitTimeout: 20_000 });
  await next.release();
});

scenario('leaving a block without an answer is no failure of the work', async (scene) => {
  const locker = await scene.locker({ commandTimeout: 1_000 });
  const result = await locker.using('job', () => {
    scene.redis.pause();
    return 'done';
  });
  assert.equal(result, 'done');
  scene.redis.resume();
  await scene.givenBack();
});

scenario('closing a locker ends although the server is frozen', async (scene) => {
  const locker = await scene.locker({ commandTimeout: 1_000 });
  const lock = await locker.acquire('job');
  const waiting = assert.rejects(locker.acquire('job', { ttl: 30_000 }), {
    code: 'LOCKER_CLOSED',
  });
  await scene.observer.lined('job', 1);
  scene.redis.pause();
  assert.ok(await comesWithin(SOON, locker.close()));
  await waiting;
  assert.equal((lock.signal.reason as { reason: string }).reason, 'closed');
  scene.redis.resume();
  // What a crash would leave: a lease that runs out, and a line of the dead.
  await scene.observer.send('DEL', 'lock:job', 'holdfast:queue:lock:job');
});
