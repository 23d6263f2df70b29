import assert from 'node:assert/strict';
import { once } from 'node:events';
import { setTimeout as elapse } from 'node:timers/promises';
import { AcquireTimeoutError, RedisUnreachableError } from '@holdfast/core';
import { comesWithin } from './punctual.js';
import { scenario } from './scene.js';

scenario('an outage longer than the lease ends belief at the deadline', async (scene) => {
  const ttl = 500;
  const locker = await scene.locker({ ttl, commandTimeout: 1_000 });
  const lock = await locker.acquire('job');
  const told = comesWithin(ttl + 50, once(lock.signal, 'abort'));
  await scene.redis.stop();
  assert.ok(await told);
  assert.equal((lock.signal.reason as { reason: string }).reason, 'expired');
  await assert.rejects(lock.release(), { code: 'LOCK_LOST', reason: 'expired' });
  await scene.redis.start();
});

scenario('during an outage nothing is called busy or free', async (scene) => {
  const locker = await scene.locker({ commandTimeout: 800 });
  const lock = await locker.acquire('job');
  await scene.redis.stop();
  const answering = Promise.allSettled([
    locker.acquire('job'),
    locker.acquire('job', { waitTimeout: 200 }),
    locker.acquire('free', { waitTimeout: 0 }),
    locker.acquire('free', { waitTimeout: 60_000 }),
    locker.tryAcquire('job'),
    locker.forceRelease('job'),
  ]);
  // Nobody waits for the time that they were given, nor for the default of 5 s.
  assert.ok(await comesWithin(4_500, answering));
  for (const answer of await answering) {
    assert.equal(answer.status, 'rejected');
    assert.ok(answer.reason instanceof RedisUnreachableError, String(answer.reason));
  }
  await assert.rejects(lock.release(), { code: 'REDIS_UNREACHABLE' });
  await scene.redis.start();
});

scenario('those who stand in line hear of an outage, too', async (scene) => {
  const locker = await scene.locker({ ttl: 1_500, commandTimeout: 1_000 });
  await locker.acquire('job');
  const waiting = Promise.allSettled([
    locker.acquire('job'),
    locker.acquire('job', { waitTimeout: 20_000 }),
  ]);
  await scene.observer.lined('job', 2);
  await scene.redis.stop();
  for (const answer of await waiting) {
    assert.equal(answer.status, 'rejected');
    assert.ok(answer.reason instanceof RedisUnreachableError, String(answer.reason));
  }
  await scene.redis.start();
});

scenario('after an outage the same lockers work again at once', async (scene) => {
  // However long the outage was: everybody's patience is enough for a new try.
  const lockers = await Promise.all(
    Array.from({ length: 8 }, () => scene.locker({ commandTimeout: 1_000 })),
  );
  await scene.redis.stop();
  await elapse(2_000);
  await scene.redis.start();
  await Promise.all(
    lockers.map(async (locker, index) => {
      const name = `job ${index}`;
      const lock = await locker.acquire(name);
      await assert.rejects(locker.acquire(name, { waitTimeout: 500 }), AcquireTimeoutError);
      const next = locker.acquire(name);
      await scene.observer.lined(name, 1);
      await lock.release();
      await (await next).release();
    }),
  );
});
