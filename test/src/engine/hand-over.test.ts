/** Handing a lock over for good: the handle ends, the lock does not. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { createLocker, LockLostError, memoryStore } from '@holdfast/core';

const released = (error: unknown): boolean =>
  error instanceof LockLostError && error.reason === 'released';

suite('a lock that was handed over', () => {
  test('stays with whoever adopts it, past the block and the locker of the first holder', async () => {
    const store = memoryStore();
    await using other = await createLocker({ store });
    const first = await createLocker({ store });
    let json;
    {
      await using lock = await first.acquire('video:7');
      json = lock.handOver();
      assert.equal(lock.held, false);
      assert.equal(lock.signal.aborted, false);
    }
    const adopted = await other.adopt(json);
    await first.close();
    assert.equal(adopted.held, true);
    assert.equal(await other.tryAcquire('video:7'), null);
    await adopted.renew();
    await adopted.release();
    assert.notEqual(await other.tryAcquire('video:7'), null);
  });

  test('is not renewed by its first holder any more', async () => {
    const store = memoryStore();
    await using locker = await createLocker({ store });
    const lock = await locker.acquire('video:7', { ttl: 30 });
    lock.handOver();
    // It comes free by itself, at the end of the lease.
    await using next = await locker.acquire('video:7');
    assert.ok(next.fencingToken > lock.fencingToken);
  });

  test('cannot be handed over, renewed or believed in again', async () => {
    await using locker = await createLocker({ store: memoryStore() });
    const lock = await locker.acquire('video:7');
    lock.handOver();
    assert.throws(() => lock.handOver(), released);
    await assert.rejects(lock.renew(), released);
    await lock.release();
    assert.equal(await locker.tryAcquire('video:7'), null);
  });
});
