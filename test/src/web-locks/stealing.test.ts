import assert from 'node:assert/strict';
import { isLockLost, type Locker, LockLostError } from '@holdfast/core';
import { lockManager } from '@holdfast/core/web-locks';
import { told } from '../contract/patience.js';
import { hold, type Holding } from './holding.js';
import { onBothStores } from './scene.js';

/** How a request ends whose lock was taken away: at once, since nothing is renewed here for a long time. */
async function assertBroken({ lock, over, end }: Holding): Promise<void> {
  await assert.rejects(over, (error) => {
    assert.ok(error instanceof DOMException);
    assert.equal(error.name, 'AbortError');
    assert.ok(isLockLost(error), 'its cause tells more');
    return true;
  });
  assert.ok(lock.signal.reason instanceof LockLostError);
  assert.equal(lock.signal.reason.reason, 'forced');
  // The callback went on, and nobody is told of its end.
  await assert.rejects(end());
}

/** A locker that is told of nothing as long as none of its calls has to wait. */
function untold(locker: Locker): Locker {
  const { request } = locker as unknown as { request: (...args: readonly unknown[]) => unknown };
  const own = { listen: () => Promise.resolve(), request: request.bind(locker) };
  return { ...own, inspect: locker.inspect.bind(locker) } as unknown as Locker;
}

onBothStores('a request that steals', (promises) => {
  promises('takes a lock that is free', async (clients) => {
    const locks = await clients.locks();
    assert.equal(
      await locks.request('reports', { steal: true }, (lock) => lock?.mode),
      'exclusive',
    );
  });

  promises('breaks whoever has the lock, in the same process', async (clients) => {
    const locks = await clients.locks();
    const holding = await hold(locks, 'reports');
    const thief = await hold(locks, 'reports', { steal: true });
    await assertBroken(holding);
    assert.equal(thief.lock.signal.aborted, false);
    await thief.end();
  });

  promises('breaks whoever has the lock, in another process', async (clients) => {
    const [locks, others] = [await clients.locks(), await clients.locks()];
    const holding = await hold(locks, 'reports');
    const thief = await hold(others, 'reports', { steal: true });
    assert.ok(thief.lock.fencingToken > holding.lock.fencingToken);
    await assertBroken(holding);
    await thief.end();
  });

  promises('breaks all who share the lock', async (clients) => {
    const [locks, others] = [await clients.locks(), await clients.locks()];
    const shared = { mode: 'shared' } as const;
    const holdings = [
      await hold(locks, 'reports', shared),
      await hold(others, 'reports', shared),
      await hold(others, 'reports', shared),
    ];
    const thief = await hold(others, 'reports', { steal: true });
    for (const holding of holdings) await assertBroken(holding);
    assert.equal(await locks.request('reports', { ifAvailable: true }, (lock) => lock), null);
    await thief.end();
  });

  promises('takes the lock from one who has it by the locker alone', async (clients) => {
    const [locks, locker] = [await clients.locks(), await clients.locker()];
    const lock = await locker.acquire('reports');
    await (await hold(locks, 'reports', { steal: true })).end();
    await assert.rejects(lock.release(), { code: 'LOCK_LOST' });
  });

  promises('comes before all who wait, and they stay in their order', async (clients) => {
    const [locks, others] = [await clients.locks(), await clients.locks()];
    const holding = await hold(locks, 'reports');
    const log: number[] = [];
    const first = others.request('reports', () => void log.push(1));
    await others.query();
    const second = locks.request('reports', () => void log.push(2));
    const thief = await hold(others, 'reports', { steal: true });
    assert.deepEqual(log, []);
    await assertBroken(holding);
    await thief.end();
    await Promise.all([first, second]);
    assert.deepEqual(log, [1, 2]);
  });

  promises('is broken by the next one: the last caller wins', async (clients) => {
    const locks = await clients.locks();
    const holding = await hold(locks, 'reports');
    const one = await hold(locks, 'reports', { steal: true });
    const two = await hold(locks, 'reports', { steal: true });
    const three = await hold(locks, 'reports', { steal: true });
    for (const broken of [holding, one, two]) await assertBroken(broken);
    assert.equal(three.lock.signal.aborted, false);
    await three.end();
  });

  promises('is served in the order of the calls, among others of its kind', async (clients) => {
    const locks = await clients.locks();
    const log: number[] = [];
    const thieves = [1, 2, 3].map((n) => {
      return locks.request('reports', { steal: true }, () => void log.push(n)).catch(() => {});
    });
    await Promise.all(thieves);
    // Who was stolen from before its callback was called is not in it.
    assert.deepEqual(
      log,
      log.toSorted((one, other) => one - other),
    );
    assert.equal(log.at(-1), 3);
  });

  promises('breaks a request also if its release finds that out first', async (clients) => {
    const [locks, locker] = [await clients.locks(), await clients.locker()];
    const holding = await hold(lockManager(untold(locker)), 'reports');
    const thief = await hold(locks, 'reports', { steal: true });
    await assert.rejects(holding.end(), (error) => {
      assert.ok(error instanceof DOMException);
      assert.equal(error.name, 'AbortError');
      assert.ok(error.cause instanceof LockLostError);
      assert.equal(error.cause.reason, 'taken');
      return true;
    });
    await thief.end();
  });

  promises('tells from whom it took the lock', async (clients) => {
    const [locks, locker] = [await clients.locks(), await clients.locker({ owner: 'web-3:4711' })];
    const former = await locker.acquire('reports');
    const event = told('holdfast:forced-release', ({ lockName }) => lockName === 'reports');
    const thief = await hold(locks, 'reports', { steal: true });
    const { holder, next, handedOff } = await event;
    assert(holder?.kind === 'locker' && next?.kind === 'locker' && handedOff);
    assert.deepEqual([holder.owner, holder.token], ['web-3:4711', former.token]);
    assert.deepEqual([next.fencingToken, next.self], [thief.lock.fencingToken, true]);
    await thief.end();
    await assert.rejects(former.release(), { code: 'LOCK_LOST' });
  });
});

onBothStores('a forced release', (promises) => {
  promises('breaks a request as one that steals does', async (clients) => {
    const [locks, locker] = [await clients.locks(), await clients.locker()];
    const holding = await hold(locks, 'reports');
    assert.equal(await locker.forceRelease('reports'), true);
    await assertBroken(holding);
  });
});
