import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AcquireTimeoutError, createLocker, LockLostError, memoryStore } from '@holdfast/core';
import { stall } from '../contract/patience.js';

/** A promise that is looked at, not waited for. */
function watch(promise: Promise<unknown>): { readonly settled: boolean } {
  const state = { settled: false };
  const mark = (): void => {
    state.settled = true;
  };
  promise.then(mark, mark);
  return state;
}

test('time stands still until it is turned', async () => {
  const store = memoryStore({ clock: 'manual' });
  await using locker = await createLocker({ store });
  await using lock = await locker.acquire('order:42', { ttl: 30, renew: false });
  const { remaining } = lock;
  stall(50);
  assert.equal(lock.remaining, remaining);
  assert.equal(lock.held, true);
});

test('a lock that is not renewed is lost at its deadline, and not before', async () => {
  const store = memoryStore({ clock: 'manual' });
  await using locker = await createLocker({ store });
  const lock = await locker.acquire('order:42', { ttl: '30s', renew: false });
  await store.advance(29_600);
  assert.equal(lock.signal.aborted, false);
  await store.advance(400);
  assert.ok(lock.signal.reason instanceof LockLostError);
  assert.equal(lock.signal.reason.reason, 'expired');
});

test('a lock renews itself for as long as time is turned', async () => {
  const store = memoryStore({ clock: 'manual' });
  await using locker = await createLocker({ store });
  await using other = await createLocker({ store });
  await using lock = await locker.acquire('order:42', { ttl: '30s' });
  await store.advance('1d');
  assert.equal(lock.held, true);
  assert.equal(await other.tryAcquire('order:42'), null);
});

test('a lock is renewed for a call that joined it, as long as time is turned', async () => {
  const store = memoryStore({ clock: 'manual' });
  await using locker = await createLocker({ store });
  const held = await locker.using('order:42', { ttl: '30s', renew: false }, () =>
    locker.using('order:42', { renew: true }, async (lock) => {
      await store.advance('5m');
      return lock.held;
    }),
  );
  assert.equal(held, true);
});

test('a lock is kept for as long as it is to be held at least', async () => {
  const store = memoryStore({ clock: 'manual' });
  await using locker = await createLocker({ store });
  await using other = await createLocker({ store });
  await locker.using('job', { holdAtLeast: '1m' }, async () => {});
  await store.advance('59s');
  assert.equal(await other.tryAcquire('job'), null);
  await store.advance('3s');
  await using next = await other.tryAcquire('job');
  assert.equal(next?.held, true);
});

test('a wait ends when its time is up, and not before', async () => {
  const store = memoryStore({ clock: 'manual' });
  await using locker = await createLocker({ store });
  await using other = await createLocker({ store });
  await using _ = await locker.acquire('order:42');
  const wait = other.acquire('order:42', { waitTimeout: '1m' });
  const state = watch(wait);
  await store.advance('59s');
  assert.equal(state.settled, false);
  await store.advance('1s');
  assert.equal(state.settled, true);
  await assert.rejects(
    wait,
    (error) => error instanceof AcquireTimeoutError && error.waited > 59_000,
  );
});

test('who waits has the lock of who is gone when the lease has run out', async () => {
  const store = memoryStore({ clock: 'manual' });
  await using locker = await createLocker({ store });
  await using other = await createLocker({ store });
  await locker.acquire('order:42', { ttl: '30s', renew: false });
  const wait = other.acquire('order:42');
  const state = watch(wait);
  await store.advance('29s');
  assert.equal(state.settled, false);
  await store.advance('1s');
  assert.equal(state.settled, true);
  await (await wait).release();
});

test('what one moment brings about has happened before the next one', async () => {
  const store = memoryStore({ clock: 'manual' });
  await using locker = await createLocker({ store });
  const turns: string[] = [];
  const work = async (name: string): Promise<void> => {
    for (let round = 0; round < 3; round += 1) {
      const lock = await locker.acquire(name, { ttl: 100, renew: false });
      await new Promise((resolve) => {
        lock.signal.addEventListener('abort', resolve);
      });
      turns.push(`${name}${round}`);
    }
  };
  const both = Promise.all([work('a'), work('b')]);
  await store.advance(300);
  await both;
  assert.deepEqual(turns, ['a0', 'b0', 'a1', 'b1', 'a2', 'b2']);
});

test('turns that nobody waits for take place one after the other', async () => {
  const store = memoryStore({ clock: 'manual' });
  await using locker = await createLocker({ store });
  const lock = await locker.acquire('order:42', { ttl: 1_000, renew: false });
  const first = store.advance(500);
  const second = store.advance(500);
  await first;
  assert.equal(lock.held, true);
  await second;
  assert.equal(lock.held, false);
});

test('a bad option or duration is refused', async () => {
  for (const options of [null, 'manual', { clock: 'fake' }, { clocks: 'manual' }]) {
    assert.throws(() => memoryStore(options as { clock: 'manual' }), TypeError);
  }
  const store = memoryStore({ clock: 'manual' });
  await assert.rejects(store.advance(-1), RangeError);
  await assert.rejects(store.advance('soon' as '1s'), TypeError);
});
