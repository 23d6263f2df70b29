import assert from 'node:assert/strict';
import type { LockJSON } from '@holdfast/core';
import { aborted, told } from './patience.js';
import type { Promises } from './scene.js';

/** What arrives at another process. */
function sent(lock: { toJSON(): LockJSON }): LockJSON {
  return JSON.parse(JSON.stringify(lock)) as LockJSON;
}

export function adopting(promises: Promises): void {
  promises('a delegate continues the acquisition of another process', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    const lock = await mine.acquire('order:42', { ttl: 2_000, renew: false });
    const adopted = await other.adopt(sent(lock));
    assert.equal(adopted.name, 'order:42');
    assert.equal(adopted.token, lock.token);
    assert.equal(adopted.fencingToken, lock.fencingToken);
    assert.ok(adopted.held && adopted.remaining > 0);
    await adopted.release();
    await using free = await other.tryAcquire('order:42');
    assert.ok(free);
    await assert.rejects(lock.release(), { code: 'LOCK_LOST' });
  });

  promises('a delegate renews the lock from where it is', async (scene) => {
    const [mine, other, third] = [await scene.locker(), await scene.locker(), await scene.locker()];
    const lock = await mine.acquire('order:42', { ttl: 1_200, renew: false });
    await using adopted = await other.adopt(sent(lock));
    await told('holdfast:renewal', ({ outcome }) => outcome === 'renewed', 4);
    assert.equal(adopted.held, true);
    assert.equal(await third.tryAcquire('order:42'), null);
  });

  promises('a delegate can choose another ttl, and not to renew', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    const lock = await mine.acquire('order:42', { ttl: '10s', renew: false });
    await using longer = await other.adopt(sent(lock), { ttl: '1h' });
    assert.ok(longer.remaining > 3_000_000, `${longer.remaining} ms`);
    const short = await mine.acquire('order:43', { ttl: 1_000, renew: false });
    const adopted = await other.adopt(sent(short), { renew: false });
    await aborted(adopted.signal);
    assert.equal(adopted.held, false);
    await using _ = await other.acquire('order:43');
  });

  promises(
    'a lock hands itself to the next waiter when its delegate releases it',
    async (scene) => {
      const [mine, other, third] = [
        await scene.locker(),
        await scene.locker(),
        await scene.locker(),
      ];
      const lock = await mine.acquire('order:42', { renew: false });
      const adopted = await other.adopt(sent(lock));
      const waited = third.acquire('order:42');
      await scene.queued('order:42', 1);
      await adopted.release();
      await using next = await waited;
      assert.ok(next.fencingToken > lock.fencingToken);
    },
  );

  promises(
    'a lock that was given back, or is held by another, cannot be adopted',
    async (scene) => {
      const [mine, other] = [await scene.locker(), await scene.locker()];
      const lock = await mine.acquire('order:42');
      const json = sent(lock);
      await lock.release();
      await assert.rejects(other.adopt(json), { code: 'LOCK_LOST', reason: 'gone' });
      await using next = await mine.acquire('order:42');
      await assert.rejects(other.adopt(json), { code: 'LOCK_LOST', reason: 'taken' });
      await next.renew();
    },
  );

  promises('nothing is adopted as more, or as less, than it is held for', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    const lock = await mine.acquire('order:42', { limit: 5, weight: 2, renew: false });
    const { limit: _, weight: __, ...json } = sent(lock);
    for (const edit of [
      { mode: 'limited', limit: 5, weight: 3 },
      { mode: 'limited', limit: 6, weight: 2 },
      { mode: 'shared' },
      { mode: 'exclusive' },
    ] as const) {
      const edited = { ...json, ...edit } as LockJSON;
      await assert.rejects(other.adopt(edited), { code: 'LOCK_LOST' });
    }
    await lock.renew();
    const adopted = await other.adopt(sent(lock));
    assert.deepEqual([adopted.mode, adopted.limit, adopted.weight], ['limited', 5, 2]);
    await adopted.release();
    await lock.release().catch(() => {});
  });

  promises('an acquisition with another fencing token is not the same', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    await using lock = await mine.acquire('order:42');
    const json = { ...sent(lock), fencingToken: lock.fencingToken - 1 };
    await assert.rejects(other.adopt(json), { code: 'LOCK_LOST', reason: 'taken' });
    await lock.renew();
  });

  promises(
    'what is not the JSON of a lock is refused, with the part that is wrong',
    async (scene) => {
      const locker = await scene.locker();
      await using lock = await locker.acquire('order:42');
      const json = sent(lock);
      const malformed: readonly [unknown, RegExp][] = [
        [undefined, /undefined is not the JSON of a lock/],
        [null, /null is not the JSON of a lock/],
        [JSON.stringify(lock), /is not the JSON of a lock/],
        [{}, /name/],
        [{ ...json, name: 42 }, /name/],
        [{ ...json, name: '' }, /name/i],
        [{ ...json, name: '\uD800' }, /name/i],
        [{ ...json, token: undefined }, /token/],
        [{ ...json, token: 'mine' }, /token/],
        [{ ...json, token: 'a b/1' }, /token/],
        [{ ...json, token: '/1' }, /token/],
        [{ ...json, fencingToken: '1' }, /fencing token/],
        [{ ...json, fencingToken: 0 }, /fencing token/],
        [{ ...json, fencingToken: 1.5 }, /fencing token/],
        [{ ...json, fencingToken: 2 ** 53 }, /fencing token/],
        [{ ...json, ttl: undefined }, /ttl/],
        [{ ...json, ttl: 0 }, /ttl/],
        [{ ...json, ttl: '5 parsecs' }, /ttl/],
      ];
      for (const [value, part] of malformed) {
        await assert.rejects(locker.adopt(value as LockJSON), (error) => {
          assert(error instanceof TypeError || error instanceof RangeError);
          assert.match(error.message, part);
          return true;
        });
      }
      assert.equal(lock.held, true);
    },
  );
}
