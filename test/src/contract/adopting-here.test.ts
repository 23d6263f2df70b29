import assert from 'node:assert/strict';
import { type Lock, type LockJSON, LockerClosedError, LockLostError } from '@holdfast/core';
import { aborted } from './patience.js';
import { onEveryGround } from './grounds.js';

function sent(lock: Lock): LockJSON {
  return JSON.parse(JSON.stringify(lock)) as LockJSON;
}

onEveryGround('adopting where it is held', (promises) => {
  promises('where it is held, too, only the very acquisition can be adopted', async (scene) => {
    const locker = await scene.locker();
    await using lock = await locker.acquire('order:42');
    const json = sent(lock);
    const others: readonly LockJSON[] = [
      { ...json, name: 'order:43' },
      { ...json, fencingToken: lock.fencingToken + 1 },
      { ...json, fencingToken: 1 },
    ];
    const reasons = ['gone', 'taken', 'taken'];
    for (const [place, other] of others.entries()) {
      await assert.rejects(locker.adopt(other), { code: 'LOCK_LOST', reason: reasons[place] });
    }
    assert.equal(lock.held, true);
    await lock.renew();
  });

  for (const first of ['the original', 'the adopted one']) {
    promises(`of two handles in one locker, ${first} ends the other`, async (scene) => {
      const [locker, third] = [await scene.locker(), await scene.locker()];
      const original = await locker.acquire('order:42');
      const adopted = await locker.adopt(sent(original));
      assert.ok(original.held && adopted.held);
      const [released, left] = first === 'the original' ? [original, adopted] : [adopted, original];
      const { signal } = left;

      const release = released.release();
      // From here on the next holder may have it.
      assert.equal(left.held, false);
      assert.equal(signal.aborted, true);
      assert(signal.reason instanceof LockLostError);
      await release;
      await assert.rejects(left.renew(), { code: 'LOCK_LOST' });
      await assert.rejects(left.release(), { code: 'LOCK_LOST' });
      await using free = await third.tryAcquire('order:42');
      assert.ok(free);
    });
  }

  promises('two handles in one locker each have a ttl of their own', async (scene) => {
    const locker = await scene.locker();
    const original = await locker.acquire('order:42', { ttl: '5s' });
    const adopted = await locker.adopt(sent(original), { ttl: '1h' });
    assert.equal(original.toJSON().ttl, 5_000);
    assert.equal(adopted.toJSON().ttl, 3_600_000);
    await original.renew('7s');
    assert.equal(adopted.toJSON().ttl, 3_600_000);
    await adopted.release();
  });

  promises('a handle that is not renewed ends alone; the other goes on', async (scene) => {
    const [locker, third] = [await scene.locker(), await scene.locker()];
    const original = await locker.acquire('order:42', { ttl: 2_000, renew: false });
    await using adopted = await locker.adopt(sent(original), { ttl: '1h' });
    const reason = await aborted(original.signal);
    assert(reason instanceof LockLostError);
    assert.equal(reason.reason, 'expired');
    assert.equal(adopted.held, true);
    assert.equal(await third.tryAcquire('order:42'), null);
  });

  promises('a handle that is handed over leaves the other alone', async (scene) => {
    const [locker, third] = [await scene.locker(), await scene.locker()];
    const original = await locker.acquire('order:42');
    await using adopted = await locker.adopt(sent(original));
    const { fencingToken } = original.handOver();
    assert.equal(fencingToken, adopted.fencingToken);
    assert.equal(original.held, false);
    assert.equal(adopted.held, true);
    await adopted.renew();
    assert.equal(await third.tryAcquire('order:42'), null);
  });

  promises('a locker that closes while it adopts gives the lock back', async (scene) => {
    const [mine, other, third] = [await scene.locker(), await scene.locker(), await scene.locker()];
    const lock = await mine.acquire('order:42', { ttl: '1h' });
    const json = lock.handOver();
    const refused = assert.rejects(other.adopt(json), LockerClosedError);
    await other.close();
    await refused;
    await using free = await third.tryAcquire('order:42');
    assert.ok(free, 'nobody holds the lock');
  });
});
