import assert from 'node:assert/strict';
import { LockLostError, memoryStore, createLocker } from '@holdfast/core';
import { lockManager } from '@holdfast/core/web-locks';
import { test } from 'node:test';
import { hold } from './holding.js';

test('a request whose lock runs out rejects at once, and its callback can know', async () => {
  const store = memoryStore({ clock: 'manual' });
  await using locker = await createLocker({ store, ttl: '30s', maxHold: '1m' });
  const { lock, over, end } = await hold(lockManager(locker), 'reports');
  await store.advance('59s');
  assert.equal(lock.signal.aborted, false, 'it was renewed');
  const lost = assert.rejects(over, (error) => {
    assert.ok(error instanceof LockLostError);
    assert.equal(error.reason, 'overdue');
    assert.equal(error, lock.signal.reason);
    return true;
  });
  await store.advance('1s');
  await lost;
  await assert.rejects(end(), LockLostError);
});

test('of a callback that fails and whose lock is lost later, the failure is told', async () => {
  const store = memoryStore({ clock: 'manual' });
  await using locker = await createLocker({ store, ttl: '30s' });
  const failing = lockManager(locker).request('reports', async () => {
    throw new Error('no paper');
  });
  await assert.rejects(failing, { message: 'no paper' });
});
