/** What serves all callers runs in the async context of none of them. */
import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { test } from 'node:test';
import { createLocker, type Locker, memoryStore } from '@holdfast/core';
import { startRedis } from '@holdfast/support';

const request = new AsyncLocalStorage<string>();

/** Loses a lock that was taken in one context, and returns what a listener of another one sees. */
async function contextOfTheListener(locker: Locker): Promise<string | undefined> {
  const lock = await request.run('the one that acquires', () => locker.acquire('x', { ttl: 150 }));
  // A lock that is held does not keep the process alive; this does.
  const patience = setTimeout(() => {}, 10_000);
  const seen = new Promise<string | undefined>((resolve) => {
    request.run('the one that listens', () => {
      lock.signal.addEventListener('abort', () => resolve(request.getStore()));
    });
  });
  await locker.forceRelease('x');
  return seen.finally(() => clearTimeout(patience));
}

test('a loss is told outside the context of the call that acquired, over Redis', async () => {
  await using redis = await startRedis();
  await using locker = await request.run('the one that creates', () =>
    createLocker({ url: redis.url }),
  );
  assert.equal(await contextOfTheListener(locker), undefined);
});

test('a loss is told outside the context of the call that acquired, in memory', async () => {
  await using locker = await createLocker({ store: memoryStore() });
  assert.equal(await contextOfTheListener(locker), undefined);
});

test('a caller goes on in its own context', async () => {
  await using redis = await startRedis();
  await using locker = await createLocker({ url: redis.url });
  const seen = await Promise.all(
    ['a', 'b', 'c'].map((name) =>
      request.run(name, async () => {
        await using lock = await locker.acquire('y');
        await lock.renew();
        return request.getStore();
      }),
    ),
  );
  assert.deepEqual(seen, ['a', 'b', 'c']);
});
