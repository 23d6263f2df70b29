import assert from 'node:assert/strict';
import { AcquireTimeoutError } from '@holdfast/core';
import { told } from './patience.js';
import type { Promises } from './scene.js';

const BOTH = ['account:1', 'account:2'];

export function takingSeveral(promises: Promises): void {
  promises('several locks are held as one, each with its own fencing token', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    const both = await mine.acquire(['account:2', { name: 'account:1' }]);
    assert.deepEqual(both.names, ['account:2', 'account:1'], 'as they were asked for');
    assert.deepEqual([...both.locks.keys()], both.names);
    assert.equal(both.held, true);
    for (const [name, lock] of both.locks) {
      assert.equal(lock.name, name);
      assert.ok(lock.held && Number.isSafeInteger(lock.fencingToken));
      assert.equal(await other.tryAcquire(name), null);
    }
    await both.release();
    assert.equal(both.held, false);
    for (const [name, lock] of both.locks) {
      await using free = await other.tryAcquire(name);
      assert.ok(free && free.fencingToken > lock.fencingToken);
    }
  });

  promises('one that is busy keeps all of them from being taken', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    await using _ = await other.acquire('account:2');
    assert.equal(await mine.tryAcquire(BOTH), null);
    const calls = [
      () => mine.acquire(BOTH, { waitTimeout: 0 }),
      () => mine.acquire(BOTH, { waitTimeout: 500 }),
      () => mine.using(BOTH, { waitTimeout: 0 }, () => assert.fail('not to be called')),
    ];
    for (const call of calls) {
      await assert.rejects(call(), (error) => {
        assert(error instanceof AcquireTimeoutError);
        assert.equal(error.lockName, 'account:2', 'the one that was in the way');
        assert.ok(error.holderTtl !== undefined && error.holderTtl > 0);
        assert(error.holder !== undefined && 'owner' in error.holder);
        assert.equal(error.holder.owner, other.owner);
        return true;
      });
    }
    await using free = await other.tryAcquire('account:1');
    assert.ok(free, 'nothing of it stayed');
    await scene.queued('account:2', 0);
  });

  promises('who waits for several tells how long it waited for all of them', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    const first = await other.acquire('account:1');
    await using _ = await other.acquire('account:2');
    const call = mine.acquire(BOTH, { waitTimeout: 1_500 });
    await scene.queued('account:1', 1);
    await first.release();
    await assert.rejects(call, (error) => {
      assert(error instanceof AcquireTimeoutError);
      assert.equal(error.lockName, 'account:2');
      assert.ok(error.waited >= 1_500, `${error.waited} ms`);
      return true;
    });
    await using free = await other.tryAcquire('account:1');
    assert.ok(free, 'what it had was given back');
  });

  promises('several locks are not had while others share one of them', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    const readers = [
      await other.acquire('account:2', { mode: 'shared' }),
      await other.acquire('account:2', { mode: 'shared' }),
    ];
    assert.equal(await mine.tryAcquire(BOTH), null);
    const called = mine.acquire(BOTH);
    await scene.queued('account:2', 1);
    assert.equal(await other.tryAcquire('account:1'), null, 'it is kept meanwhile');
    for (const reader of readers) await reader.release();
    await using both = await called;
    assert.equal(both.held, true);
    assert.equal(await other.tryAcquire('account:2', { mode: 'shared' }), null);
  });

  promises('callers who name two locks in opposite orders all come to an end', async (scene) => {
    const lockers = [await scene.locker(), await scene.locker(), await scene.locker()];
    const inside = new Set<string>();
    const turns = lockers.flatMap((locker, place) =>
      Array.from({ length: 15 }, (_, n) => {
        const names = (place + n) % 2 === 0 ? BOTH : BOTH.toReversed();
        return locker.using(names, { waitTimeout: '30s' }, async (locks) => {
          for (const name of locks.names) {
            assert.ok(!inside.has(name), `${name} is held twice`);
            inside.add(name);
          }
          await new Promise((resolve) => setImmediate(resolve));
          inside.clear();
        });
      }),
    );
    await Promise.all(turns);
  });

  promises('callers of locks in a circle all come to an end', async (scene) => {
    const lockers = [await scene.locker(), await scene.locker(), await scene.locker()];
    const circle = ['a', 'b', 'c'];
    const turns = lockers.flatMap((locker, place) =>
      Array.from({ length: 10 }, () => {
        const names = [circle[place] as string, circle[(place + 1) % 3] as string];
        return locker.using(names, async () => {
          await new Promise((resolve) => setImmediate(resolve));
        });
      }),
    );
    await Promise.all(turns);
  });

  promises('several locks do not overtake those who wait for one of them', async (scene) => {
    const [mine, other, third] = [await scene.locker(), await scene.locker(), await scene.locker()];
    const lock = await other.acquire('account:1');
    const waited = third.acquire('account:1');
    await scene.queued('account:1', 1);
    const both = mine.acquire(BOTH);
    await scene.queued('account:1', 2);
    await lock.release();
    const next = await waited;
    assert.ok(next.fencingToken > lock.fencingToken);
    await next.release();
    await using all = await both;
    assert.ok((all.locks.get('account:1')?.fencingToken ?? 0) > next.fencingToken);
  });

  promises('an early lock is renewed while a later one is waited for', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    const later = await other.acquire('account:2');
    const call = mine.acquire(BOTH, { ttl: 2_400, renew: false });
    await scene.queued('account:2', 1);
    await told('holdfast:renewal', ({ lockName }) => lockName === 'account:1', 4);
    assert.equal(await other.tryAcquire('account:1'), null);
    await later.release();
    await using both = await call;
    assert.ok(both.remaining > 300, `${both.remaining} ms of 2,400 are left`);
    const { signal } = both;
    assert.ok(!signal.aborted);
  });

  promises('an early lock that is lost is asked for again, with the others', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    const later = await other.acquire('account:2');
    const call = mine.acquire(BOTH, { ttl: 1_800 });
    await scene.queued('account:2', 1);
    const lost = told('holdfast:loss', ({ lockName }) => lockName === 'account:1');
    assert.equal(await other.forceRelease('account:1'), true);
    const again = told('holdfast:acquire', ({ lockName }) => lockName === 'account:1');
    const { fencingToken } = await lost;
    assert.ok((await again).fencingToken > fencingToken);
    await scene.queued('account:2', 1);
    await later.release();
    await using both = await call;
    assert.ok(both.held);
    assert.ok((both.locks.get('account:1')?.fencingToken ?? 0) > fencingToken);
  });

  promises('an abort leaves nothing, neither what was held nor a place', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    await using _ = await other.acquire('account:2');
    const controller = new AbortController();
    const call = mine.acquire(BOTH, { signal: controller.signal });
    await scene.queued('account:2', 1);
    const reason = new Error('changed my mind');
    controller.abort(reason);
    await assert.rejects(call, (error) => error === reason);
    await scene.queued('account:2', 0);
    await using free = await other.tryAcquire('account:1');
    assert.ok(free);
    await assert.rejects(mine.acquire(BOTH, { signal: controller.signal }), /changed my mind/);
  });

  promises('a close ends the wait for several, and leaves nothing', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    await using _ = await other.acquire('account:2');
    const call = mine.acquire(BOTH);
    await scene.queued('account:2', 1);
    const rejected = assert.rejects(call, { code: 'LOCKER_CLOSED' });
    await mine.close();
    await rejected;
    await scene.queued('account:2', 0);
    await using free = await other.tryAcquire('account:1');
    assert.ok(free);
    await assert.rejects(mine.acquire(BOTH), { code: 'LOCKER_CLOSED' });
  });

  promises('a list that cannot be acquired is refused before anything is sent', async (scene) => {
    const locker = await scene.locker();
    const refused: readonly [unknown, RegExp][] = [
      [[], /the list of names is empty/],
      [['a', 'a'], /'a' is in the list twice/],
      [['a', { name: 'a' }], /'a' is in the list twice/],
      [['a', ''], /must not be empty/],
      [['a', 42], /42 is not a string/],
      [['a', null], /null is not a string/],
      [['a', { name: 42 }], /42 is not a string/],
      [['a', { nam: 'b' }], /no option 'nam'; there are name/],
      [['a', ['b']], /not an object/],
      [Array.from({ length: 65 }, (_, n) => `lock-${n}`), /65 names; 64 are allowed/],
      [['a', undefined], /undefined is not a string/],
    ];
    for (const [names, message] of refused) {
      const is = (error: unknown): boolean => {
        assert(error instanceof TypeError || error instanceof RangeError, String(error));
        assert.match(error.message, message);
        return true;
      };
      await assert.rejects(locker.acquire(names as string[]), is);
      await assert.rejects(locker.tryAcquire(names as string[]), is);
      await assert.rejects(
        locker.using(names as string[], () => {}),
        is,
      );
    }
    await using most = await locker.acquire(Array.from({ length: 64 }, (_, n) => `lock-${n}`));
    assert.equal(most.locks.size, 64);
    await using one = await locker.acquire(['alone']);
    assert.deepEqual([...one.locks.keys()], ['alone']);
  });
}
