import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLocker, memoryStore } from '@holdfast/core';

function open(options: object): Promise<AsyncDisposable> {
  return createLocker({ store: memoryStore(), ...options });
}

test('a ttl that can outlast the grace is refused, and the sum is shown', async () => {
  await assert.rejects(open({ grace: '30s' }), {
    name: 'RangeError',
    message: /28000 ms at most; 30000 ms \(ttl\) \+ 0 ms \(lag\) \+ 2000 ms = 32000 ms/,
  });
  await assert.rejects(open({ grace: { for: '40s', lag: '10s' } }), { message: /= 42000 ms/ });
  await using locker = await createLocker({ store: memoryStore(), grace: '45s' });
  const long = { ttl: '44s' } as const;
  const json = { name: 'a', token: 'b/c', fencingToken: 1, ttl: 44_000 };
  for (const call of [
    () => locker.acquire('a', long),
    () => locker.acquire(['a', 'b'], long),
    () => locker.tryAcquire('a', long),
    () => locker.using('a', long, () => {}),
    () => locker.lead('a', () => {}, long),
    () => locker.adopt(json),
  ]) {
    await assert.rejects(call, { name: 'RangeError', message: /46000 ms/ });
  }
});

test('others that count on less are told of at the opening', async () => {
  const store = memoryStore();
  await using others = await createLocker({ store, ttl: '10s', grace: '12s' });
  await others.tryAcquire('a');
  await assert.rejects(createLocker({ store, ttl: '20s', grace: '45s' }), {
    code: 'GRACE_MISMATCH',
    needed: 22_000,
    shortest: 12_000,
  });
  await using locker = await createLocker({ store, ttl: '10s', grace: '45s' });
  assert.equal(await locker.tryAcquire('a'), null);
});

test('what is no grace is refused before anything is opened', async () => {
  for (const grace of [
    null,
    true,
    0,
    -1,
    'soon',
    {},
    { for: '45s', lag: -1 },
    { for: '45s', leg: 1 },
  ]) {
    await assert.rejects(open({ grace }), /grace|for|option/);
  }
});
