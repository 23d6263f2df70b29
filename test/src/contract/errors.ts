import assert from 'node:assert/strict';
import {
  AcquireTimeoutError,
  HoldfastError,
  LockerClosedError,
  LockLostError,
} from '@holdfast/core';
import type { Promises } from './scene.js';

async function errorOf(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => assert.fail('it was to fail'),
    (error: unknown) => error,
  );
}

export function errors(promises: Promises): void {
  promises('busy, lost and closed are told apart by class and by code', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    const lock = await mine.acquire('order:42');
    const busy = await errorOf(other.acquire('order:42', { waitTimeout: 0 }));
    await other.forceRelease('order:42');
    const lost = await errorOf(lock.release());
    await mine.close();
    const closed = await errorOf(mine.acquire('order:42'));
    const found = [busy, lost, closed].map((error) => {
      assert(error instanceof HoldfastError && error instanceof Error);
      return [error.constructor, error.name, error.code];
    });
    assert.deepEqual(found, [
      [AcquireTimeoutError, 'AcquireTimeoutError', 'ACQUIRE_TIMEOUT'],
      [LockLostError, 'LockLostError', 'LOCK_LOST'],
      [LockerClosedError, 'LockerClosedError', 'LOCKER_CLOSED'],
    ]);
  });

  promises('a message stands in one short line, whatever the name is', async (scene) => {
    const locker = await scene.locker();
    const name = `line\nline "${'x'.repeat(10_000)}`;
    await using lock = await locker.acquire(name);
    const error = await errorOf(locker.acquire(name, { waitTimeout: 0 }));
    assert(error instanceof AcquireTimeoutError);
    assert.equal(error.lockName, lock.name);
    assert.ok(!error.message.includes('\n') && error.message.length < 500, error.message);
  });
}
