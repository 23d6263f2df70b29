import assert from 'node:assert/strict';
import { once } from 'node:events';
import { RedisUnreachableError } from '@holdfast/core';
import { scenario } from './scene.js';

scenario(
  'tells the holder before its lease ends when the server is frozen (a peer told it 4.6 s late)',
  async (scene) => {
    const ttl = 600;
    const locker = await scene.locker({ ttl, commandTimeout: 2_000 });
    const lock = await locker.acquire('job');
    // Before this moment the server granted; its lease ends within the ttl from here.
    const granted = performance.now();
    scene.redis.pause();
    await once(lock.signal, 'abort');
    const told = performance.now() - granted;
    assert.equal(lock.held, false);
    assert.equal((lock.signal.reason as { reason: string }).reason, 'expired');
    // The bound is for a loaded machine; `held` was false before it in any case.
    assert.ok(told < ttl + 250, `It was told after ${told} ms.`);
    scene.redis.resume();
    await assert.rejects(lock.release(), { code: 'LOCK_LOST', reason: 'expired' });
  },
);

scenario('a holder in another process is told as early', async (scene) => {
  const ttl = 600;
  const holder = await scene.service({ ttl });
  await holder.request('acquire', 'job');
  const granted = performance.now();
  scene.redis.pause();
  const seen = await holder.request('told', 'job');
  assert.ok(performance.now() - granted < ttl + 250);
  assert.deepEqual(seen, { held: false, aborted: true, reason: 'expired' });
  scene.redis.resume();
});

scenario('keeps the lock when the server froze for less than the lease', async (scene) => {
  const locker = await scene.locker({ ttl: 2_000 });
  const lock = await locker.acquire('job');
  scene.redis.pause();
  // Renewals were due at a third of the ttl; this one gets its answer late.
  const renewed = lock.renew();
  await new Promise((resolve) => setTimeout(resolve, 300));
  scene.redis.resume();
  await renewed;
  assert.equal(lock.held, true);
  assert.ok(lock.remaining > 500);
  await lock.release();
});

scenario('a frozen server is unreachable, never busy or free', async (scene) => {
  const locker = await scene.locker({ commandTimeout: 300 });
  const lock = await locker.acquire('job');
  scene.redis.pause();
  const started = performance.now();
  const answers = await Promise.allSettled([
    locker.acquire('job'),
    locker.acquire('job', { waitTimeout: 0 }),
    locker.acquire('job', { waitTimeout: 5_000 }),
    locker.acquire('other'),
    locker.tryAcquire('job'),
    locker.using('job', () => 'ran'),
    // Of another name: sent to a frozen server, it may well happen when that thaws.
    locker.forceRelease('third'),
    locker.adopt({ ...lock.toJSON(), token: 'another/1' }),
  ]);
  for (const answer of answers) {
    assert.equal(answer.status, 'rejected');
    assert.ok(answer.reason instanceof RedisUnreachableError, String(answer.reason));
    assert.equal(answer.reason.address, scene.redis.url);
  }
  assert.ok(performance.now() - started < 1_500);
  scene.redis.resume();
  await lock.release();
});

scenario('a release without an answer says so, and the lock is gone soon after', async (scene) => {
  const locker = await scene.locker({ commandTimeout: 300, ttl: 60_000 });
  const lock = await locker.acquire('job');
  scene.redis.pause();
  await assert.rejects(lock.release(), { code: 'REDIS_UNREACHABLE' });
  assert.equal(lock.held, false);
  assert.equal(lock.signal.aborted, false);
  await lock.release();
  scene.redis.resume();
  // Long before its ttl.
  const next = await locker.acquire('job', { waitTimeout: 5_000 });
  await next.release();
});

scenario('leaving a block without an answer is no failure of the work', async (scene) => {
  const locker = await scene.locker({ commandTimeout: 300 });
  const result = await locker.using('job', () => {
    scene.redis.pause();
    return 'done';
  });
  assert.equal(result, 'done');
  scene.redis.resume();
});

scenario('closing a locker ends although the server is frozen', async (scene) => {
  const locker = await scene.locker({ commandTimeout: 300, ttl: 400 });
  const lock = await locker.acquire('job');
  const waiting = assert.rejects(locker.acquire('job', { ttl: 30_000 }), {
    code: 'LOCKER_CLOSED',
  });
  await scene.observer.lined('job', 1);
  scene.redis.pause();
  const started = performance.now();
  await locker.close();
  await waiting;
  assert.ok(performance.now() - started < 1_500);
  assert.equal((lock.signal.reason as { reason: string }).reason, 'closed');
  scene.redis.resume();
  // What a crash would leave: the lease runs out, and a line of the dead.
  await scene.observer.send('DEL', 'holdfast:queue:lock:job');
});
