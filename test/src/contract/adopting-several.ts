import assert from 'node:assert/strict';
import type { LockSetJSON } from '@holdfast/core';
import type { Promises } from './scene.js';

const BOTH = ['account:2', 'account:1'];

/** What arrives at another process. */
function sent(json: LockSetJSON): LockSetJSON {
  return JSON.parse(JSON.stringify(json)) as LockSetJSON;
}

export function adoptingSeveral(promises: Promises): void {
  promises('several locks that are handed over go on as one elsewhere', async (scene) => {
    const [mine, other, third] = [await scene.locker(), await scene.locker(), await scene.locker()];
    const both = await mine.acquire(BOTH);
    const tokens = [...both.locks.values()].map(({ fencingToken }) => fencingToken);
    const json = sent(both.handOver());
    assert.equal(both.held, false);
    await both.release();
    await using adopted = await other.adopt(json);
    assert.deepEqual(adopted.names, BOTH);
    assert.deepEqual(
      [...adopted.locks.values()].map(({ fencingToken }) => fencingToken),
      tokens,
    );
    assert.equal(adopted.held, true);
    assert.equal(await third.tryAcquire('account:1'), null);
    await adopted.release();
    await using free = await third.tryAcquire(BOTH);
    assert.ok(free);
  });

  promises('several locks that are shared end for both with the first release', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    const both = await mine.acquire(BOTH, { ttl: 6_000 });
    const adopted = await other.adopt(sent(both.toJSON()), { ttl: '1m' });
    assert.ok(both.held && adopted.held && adopted.remaining > 6_000);
    await adopted.release();
    await assert.rejects(both.renew(), { code: 'LOCK_LOST', reason: 'gone' });
    await assert.rejects(both.release(), { code: 'LOCK_LOST' });
  });

  promises('of several locks of which one is lost none is adopted', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    const json = sent((await mine.acquire(BOTH)).handOver());
    await other.forceRelease('account:1');
    await assert.rejects(other.adopt(json), { code: 'LOCK_LOST', lockName: 'account:1' });
    await using free = await mine.tryAcquire(BOTH);
    assert.ok(free, 'the other one was given back');
  });

  promises('what is not the JSON of several locks is refused', async (scene) => {
    const locker = await scene.locker();
    await using both = await locker.acquire(BOTH);
    const [one] = sent(both.toJSON()).locks;
    const malformed: readonly [unknown, RegExp][] = [
      [{ locks: undefined }, /undefined, not a list/],
      [{ locks: [] }, /empty/],
      [{ locks: [one, one] }, /'account:2' is in the list twice/],
      [{ locks: [one, null] }, /null is not the JSON of a lock/],
      [{ locks: [one, { ...one, name: 'x', token: 'mine' }] }, /token/],
    ];
    for (const [json, message] of malformed) {
      await assert.rejects(locker.adopt(json as LockSetJSON), (error) => {
        assert(error instanceof TypeError, String(error));
        assert.match(error.message, message);
        return true;
      });
    }
    assert.equal(both.held, true);
  });
}
