import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { isLockLost, type Lock, LockLostError, type LockSet } from '@holdfast/core';
import { aborted, hearing, told } from './patience.js';
import type { Promises } from './scene.js';

const BOTH = ['account:1', 'account:2'];
/** With this ttl, a lock that was taken away is found lost after 500 ms. */
const SHORT = { ttl: 1_500 } as const;

function memberOf(set: LockSet, name: string): Lock {
  const lock = set.locks.get(name);
  assert(lock);
  return lock;
}

export function holdingSeveral(promises: Promises): void {
  promises('losing one is losing all: the others are given back', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    const both = await mine.acquire(BOTH, SHORT);
    const [first, second] = BOTH.map((name) => memberOf(both, name));
    assert(first && second);
    let aborts = 0;
    both.signal.addEventListener('abort', () => {
      aborts += 1;
      assert.ok(!both.held && !first.held && !second.held, 'nothing is held when it is told');
    });
    await other.forceRelease('account:2');
    const loss = await aborted(both.signal);
    assert(loss instanceof LockLostError);
    assert.deepEqual([loss.lockName, loss.reason], ['account:2', 'gone']);
    assert.equal(loss.fencingToken, second.fencingToken);
    assert.equal(both.remaining, 0);
    const sibling: unknown = first.signal.reason;
    assert(sibling instanceof LockLostError);
    assert.deepEqual([sibling.lockName, sibling.reason], ['account:1', 'together']);
    assert.equal(sibling.cause, loss);
    await using free = await other.acquire('account:1', { waitTimeout: '5s' });
    assert.ok(free.held);
    await assert.rejects(both.renew(), (error) => error === loss);
    assert.throws(() => both.handOver(), { code: 'LOCK_LOST', lockName: 'account:2' });
    await assert.rejects(both.release(), (error) => error === loss);
    await both.release();
    assert.equal(aborts, 1);
  });

  promises('the first deadline ends belief in all of them', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    const both = await mine.acquire(BOTH, { ttl: 1_500, renew: false });
    await memberOf(both, 'account:1').renew('1m');
    assert.ok(both.remaining <= 1_500, 'the earliest of the deadlines');
    const loss = await aborted(both.signal);
    assert(loss instanceof LockLostError);
    assert.deepEqual([loss.lockName, loss.reason], ['account:2', 'expired']);
    await using free = await other.acquire(BOTH, { waitTimeout: '5s' });
    assert.ok(free.held);
  });

  promises('several locks are renewed together', async (scene) => {
    const locker = await scene.locker();
    await using both = await locker.acquire(BOTH, { ttl: 1_200 });
    await told('holdfast:renewal', ({ outcome }) => outcome === 'renewed', 6);
    assert.ok(both.held);
    await both.renew('1h');
    assert.ok(both.remaining > 3_000_000);
    assert.match(inspect(both), /^LockSet \{ names: \[ 'account:1', 'account:2' \], held: true, /);
    await both.renew();
    for (const lock of both.locks.values()) assert.equal(lock.ttl, 3_600_000);
  });

  promises('one that is given back by itself leaves the others as they are', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    const both = await mine.acquire(BOTH);
    await memberOf(both, 'account:1').release();
    assert.equal(both.held, false, 'not all of them are held');
    assert.equal(both.remaining, 0);
    assert.equal(memberOf(both, 'account:2').held, true);
    assert.equal(both.signal.aborted, false);
    await assert.rejects(both.renew(), { code: 'LOCK_LOST', reason: 'released' });
    assert.equal(await other.tryAcquire('account:2'), null);
    await both.release();
    await using free = await other.tryAcquire(BOTH);
    assert.ok(free);
  });

  promises('a release is one, however often it is called', async (scene) => {
    const locker = await scene.locker();
    const both = await locker.acquire(BOTH);
    await Promise.all([both.release(), both.release(), both[Symbol.asyncDispose]()]);
    await both.release();
    await assert.rejects(both.renew(), { code: 'LOCK_LOST', reason: 'released' });
    assert.throws(() => both.handOver(), { code: 'LOCK_LOST', reason: 'released' });
    assert.equal(both.signal.aborted, false);
  });

  promises('a block that lost one of its locks is told so at its end', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    const block = async (): Promise<void> => {
      await using _ = await mine.acquire(BOTH, SHORT);
      await other.forceRelease('account:1');
    };
    await assert.rejects(block, { code: 'LOCK_LOST', lockName: 'account:1' });
    await using free = await other.acquire('account:2', { waitTimeout: '5s' });
    assert.ok(free.held);
  });

  promises('a callback under several locks has its result, or the loss', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    const names = await mine.using(BOTH, (locks) => [...locks.locks.keys()]);
    assert.deepEqual(names, BOTH);
    const call = mine.using(BOTH, SHORT, async ({ signal }) => {
      await other.forceRelease('account:1');
      await hearing(signal);
    });
    await assert.rejects(call, (error) => {
      assert(error instanceof LockLostError && isLockLost(error));
      assert.equal(error.lockName, 'account:1');
      assert.equal((error.cause as Error).name, 'AbortError');
      return true;
    });
    await assert.rejects(
      mine.using(BOTH, () => Promise.reject(new Error('the card was refused'))),
      /the card was refused/,
    );
    await using free = await other.acquire(BOTH, { waitTimeout: '5s' });
    assert.ok(free.held);
  });

  promises('a close gives several locks back, and says why', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    const both = await mine.acquire(BOTH);
    const { signal } = both;
    await mine.close();
    assert.equal(both.held, false);
    for (const lock of both.locks.values()) {
      assert.equal((lock.signal.reason as LockLostError).reason, 'closed');
    }
    assert.equal((signal.reason as LockLostError).reason, 'closed');
    await assert.rejects(both.release(), { code: 'LOCK_LOST', reason: 'closed' });
    await using free = await other.tryAcquire(BOTH);
    assert.ok(free);
  });
}
