import assert from 'node:assert/strict';
import { LockLostError } from '@holdfast/core';
import { aborted, stall } from './patience.js';
import type { Promises } from './scene.js';

export function holding(promises: Promises): void {
  promises('a held lock tells the time that is left, below its ttl', async (scene) => {
    const locker = await scene.locker();
    await using lock = await locker.acquire('order:42', { ttl: 20_000 });
    const { remaining } = lock;
    assert.ok(remaining > 15_000 && remaining < 20_000, `${remaining} ms`);
  });

  promises('without renewal the lease ends, and its signal says why', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    const lock = await mine.acquire('order:42', { ttl: 100, renew: false });
    const reason = await aborted(lock.signal);
    assert(reason instanceof LockLostError);
    assert.equal(reason.reason, 'expired');
    assert.equal(reason.lockName, 'order:42');
    assert.equal(reason.fencingToken, lock.fencingToken);
    assert.equal(lock.held, false);
    assert.equal(lock.remaining, 0);
    await using next = await other.acquire('order:42', { waitTimeout: '5s' });
    assert.ok(next.fencingToken > lock.fencingToken);
  });

  promises('in the first statement after a stall the lock is known to be lost', async (scene) => {
    const locker = await scene.locker();
    const lock = await locker.acquire('order:42', { ttl: 60 });
    stall(80);
    assert.equal(lock.held, false);
    assert.equal(lock.remaining, 0);
    assert.equal(lock.signal.aborted, true);
    assert(lock.signal.reason instanceof LockLostError);
    await assert.rejects(lock.release(), LockLostError);
  });

  promises('a lease that expired is over for good, whatever the server says', async (scene) => {
    const locker = await scene.locker();
    const lock = await locker.acquire('order:42', { ttl: 100, renew: false });
    await aborted(lock.signal);
    await assert.rejects(lock.renew(), { code: 'LOCK_LOST', reason: 'expired' });
    assert.equal(lock.held, false);
    await assert.rejects(lock.release(), { code: 'LOCK_LOST', reason: 'expired' });
  });

  promises('the signal can be asked for late, and is always the same', async (scene) => {
    const locker = await scene.locker();
    await using lock = await locker.acquire('order:42');
    assert.equal(lock.signal, lock.signal);
    assert.equal(lock.signal.aborted, false);
    const lost = await locker.acquire('order:43', { ttl: 50, renew: false });
    stall(60);
    assert.equal(lost.held, false);
    assert.equal(lost.signal.aborted, true);
  });

  promises('a lock as JSON says what another process has to know', async (scene) => {
    const locker = await scene.locker();
    await using lock = await locker.acquire('order:42', { ttl: '20s' });
    assert.deepEqual(JSON.parse(JSON.stringify(lock)), {
      name: 'order:42',
      token: lock.token,
      fencingToken: lock.fencingToken,
      ttl: 20_000,
    });
  });
}
